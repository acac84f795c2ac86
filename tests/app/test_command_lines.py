"""The form as a command line: shown, copied, and true."""

from pathlib import Path

from textual.widgets import Static

from gru_tui.runs.store import Store
from gru_tui.screens.command_lines import CommandLines
from tests.app.made_up_run import made_up_run
from tests.app.on_train import OnTrain, ready
from tests.app.waiting import until


def shown(app: OnTrain) -> list[str]:
    return [str(line.content) for line in app.screen.query(".line").results(Static)]


async def test_the_form_is_shown_as_a_command_and_copied(tmp_path: Path) -> None:
    app = OnTrain(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.train.draft.type("layers", "2")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, CommandLines), "the dialog")
        (line,) = shown(app)
        assert line == f"gru-tui --data-dir {tmp_path} train sonnets --layers 2"
        await pilot.press("y")
        assert app.clipboard == line
        assert not isinstance(app.screen, CommandLines)


async def test_a_fault_is_told_in_place_of_a_command(tmp_path: Path) -> None:
    app = OnTrain(tmp_path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.train.draft.type("layers", "99")
        await pilot.press("w")
        await until(pilot, lambda: any("layers is" in told for told in app.told), "the fault")
        assert not isinstance(app.screen, CommandLines)


async def test_a_run_that_is_shown_is_set_or_forked_with_the_changes(tmp_path: Path) -> None:
    made_up_run(Store(tmp_path))
    app = OnTrain(tmp_path)
    async with app.run_test(size=(60, 20)) as pilot:
        await until(pilot, lambda: app.state, "the run")
        app.train.draft.type("dropout", "0.25")
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, CommandLines), "the dialog")
        first, second = shown(app)
        assert f"fork {app.train.run_id} --checkpoint last dropout=0.25" in first
        assert "--dropout 0.25" in second
        await pilot.press("t")
        assert app.clipboard == second
