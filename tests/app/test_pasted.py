"""What is pasted, and what any widget lets through, cannot act on the terminal."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.segment import ControlType, Segment
from textual.color import Color
from textual.command import CommandPalette
from textual.events import Paste
from textual.widgets import Input, TextArea

from gru_tui.panes.filters import VisibleFilter
from gru_tui.visible import visible
from tests.app.on_train import OnTrain, ready
from tests.app.test_generate_screen import OnGenerate
from tests.app.waiting import until

ATTACK = "\x90$q7777\x9c \x1b]0;OWNED\x07\u202e"
BLACK = Color(0, 0, 0)


async def test_a_paste_into_the_command_palette_is_made_visible(tmp_path: Path) -> None:
    app = OnTrain(tmp_path / "data")
    async with app.run_test() as pilot:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        field = app.screen.query_one(Input)
        app.post_message(Paste(ATTACK))
        await until(pilot, lambda: field.value)
        assert field.value == visible(ATTACK)
        # Its search must not be cut off in the middle: Textual's own worker would fail.
        await until(pilot, lambda: all(worker.is_finished for worker in app.workers))


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"], ids=repr)
async def test_the_ends_of_pasted_lines_are_ends_of_lines(tmp_path: Path, end: str) -> None:
    app = OnGenerate(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        seed_text = app.writing.query_one(TextArea)
        seed_text.focus()
        await until(pilot, lambda: seed_text.has_focus)
        app.post_message(Paste(f"one{end}two{end}{end}"))
        await until(pilot, lambda: seed_text.text)
        assert seed_text.text == "one\ntwo\n\n"


@pytest.mark.parametrize("end", ["\r", "\r\n", "\n"], ids=repr)
async def test_a_number_pasted_with_the_end_of_its_line_is_a_number(
    tmp_path: Path, end: str
) -> None:
    app = OnTrain(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        entry = app.row("learning_rate").entry
        await pilot.press("h")
        await until(pilot, lambda: entry.has_focus)
        await pilot.press("home", "shift+end")
        app.post_message(Paste(f"0.007{end}0.008"))
        await until(pilot, lambda: "0.007" in str(entry.value))
        assert entry.value == "0.007"
        await until(pilot, lambda: app.train.draft.text("learning_rate") == "0.007")
        assert app.fault("learning_rate") == ""


@given(st.text())
def test_every_segment_is_printable_before_it_is_written(text: str) -> None:
    control = Segment("\x1b[2J", control=[(ControlType.CLEAR,)])
    found = VisibleFilter().apply([Segment(text), control], BLACK)
    assert found == [Segment(visible(text)), control]
