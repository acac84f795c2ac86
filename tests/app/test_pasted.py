"""What is pasted, and what any widget lets through, cannot act on the terminal."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import ControlType, Segment
from textual.color import Color
from textual.command import CommandPalette
from textual.events import Paste
from textual.widgets import Input

from gru_tui.panes.filters import VisibleFilter
from gru_tui.visible import visible
from tests.app.on_train import OnTrain
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


@given(st.text())
def test_every_segment_is_printable_before_it_is_written(text: str) -> None:
    control = Segment("\x1b[2J", control=[(ControlType.CLEAR,)])
    found = VisibleFilter().apply([Segment(text), control], BLACK)
    assert found == [Segment(visible(text)), control]
