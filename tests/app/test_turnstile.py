"""Keys that come many at a time, as a slow line delivers them, do what they do one by one."""

from pathlib import Path
from threading import Event
from typing import Any

import pytest
from textual.events import Key, Paste
from textual.screen import Screen

from gru_tui.app import GruTui
from gru_tui.generation.shelf import CheckpointShelf, Kept
from gru_tui.panes.text_fields import LineInput
from gru_tui.runs.store import Store
from gru_tui.screens.fork import ForkDialog
from gru_tui.screens.picker import FilePicker
from gru_tui.screens.side_by_side import SideBySide
from gru_tui.screens.time_lapse import TimeLapse
from gru_tui.screens.turnstile import Turnstile
from tests.app.on_runs import OnRuns, listed
from tests.app.on_train import OnTrain, begin, ready, runs
from tests.app.runs_on_disk import trained_run
from tests.app.waiting import until


def burst(app: GruTui, *keys: str) -> None:
    """All of them in one piece."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def test_digits_behind_the_key_that_leads_to_the_form_are_no_commands(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        burst(app, "h", *"0.0033")
        await until(pilot, lambda: app.train.draft.text("learning_rate") == "0.0033")
        assert app.screen is app.train


async def test_what_follows_the_key_that_opens_a_dialog_is_typed_into_it(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        burst(app, "o", *"123", "left", "x")
        await until(pilot, lambda: isinstance(app.screen, FilePicker))
        field = app.screen.query_one(LineInput)
        await until(pilot, lambda: field.value.endswith("12x3"))


@pytest.mark.parametrize(
    ("key", "dialog"), [("f", ForkDialog), ("b", SideBySide), ("w", TimeLapse)]
)
async def test_what_is_typed_while_checkpoints_are_read_is_for_the_dialog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, dialog: type[Screen[Any]]
) -> None:
    store = Store(tmp_path)
    trained_run(store)
    trained_run(store)
    begun, may_read, read = Event(), Event(), CheckpointShelf.of

    def on_a_slow_disk(self: CheckpointShelf, folder: Path) -> tuple[Kept, ...]:
        begun.set()
        may_read.wait(4)
        return read(self, folder)

    monkeypatch.setattr(CheckpointShelf, "of", on_a_slow_disk)
    app = OnRuns(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 2)
        burst(app, key, *"dx")
        await until(pilot, begun.is_set)
        may_read.set()
        await until(pilot, lambda: isinstance(app.screen, dialog))
        field = app.screen.query(LineInput).first()
        await until(pilot, lambda: field.value.endswith("dx"))
        assert len(app.screen_stack) == 2
        assert app.told == []


async def test_a_value_typed_behind_a_change_of_the_preset_stays(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        burst(app, "h", "shift+tab", "right", "tab", *"0.0033")
        await until(pilot, lambda: app.train.draft.text("learning_rate") == "0.0033")
        await until(pilot, lambda: app.row("learning_rate").entry.value == "0.0033")


async def test_a_whole_session_may_come_in_one_burst(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        burst(app, "h", *"0.0042", "ctrl+a", "escape", "2")
        await until(pilot, lambda: app.current_mode == "runs")
        await until(pilot, lambda: app.in_force("learning_rate") == 0.0042)
        assert len(runs(app)) == 1


async def test_a_paste_waits_for_its_turn(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        burst(app, "h")
        app.post_message(Paste("0.0033"))
        await until(pilot, lambda: app.train.draft.text("learning_rate") == "0.0033")


async def test_a_key_that_never_comes_to_an_end_does_not_lock_the_keyboard(
    app: OnTrain, monkeypatch: Any
) -> None:
    def lost(self: Turnstile, *_: object) -> None:
        """The way behind the key leads nowhere."""

    monkeypatch.setattr(Turnstile, "_walk", lost)
    monkeypatch.setattr("gru_tui.screens.turnstile.LONGEST", 0.1)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        burst(app, "2", "3")
        await until(pilot, lambda: app.current_mode == "generate")
