"""The Train screen with real trainers: starting, watching, steering, ending."""

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets._toast import Toast

from engine.events import HyperparametersChanged
from gru_tui.panes.run_table import RunTable
from gru_tui.picture import Picture
from gru_tui.runs.command import send
from gru_tui.runs.follower import Follower
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.screens.dialogs import Confirm
from tests.app.made_up_run import made_up_run
from tests.app.on_train import OnTrain, begin, edit, ready, runs, set_up
from tests.app.runs_on_disk import RIVER
from tests.app.waiting import until


async def test_the_empty_screen_says_which_key_to_press_first(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        assert "^s   train on sonnets" in app.drawn
        assert app.hint.startswith("^s trains on sonnets")
        assert "^s Start" in app.keys
        assert app.status == "no run yet"


async def test_ctrl_s_starts_at_once_and_loss_and_samples_arrive(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        assert app.screen is app.train
        await until(pilot, lambda: "steps" in str(app.train.query_one("#chart").border_subtitle))
        await until(pilot, lambda: "── step" in app.sampled, "a sample arrives")
        assert "loss" in app.status
        assert "river.txt" in str(app.train.query_one(".topbar--run").render())


async def test_a_fault_stands_beside_its_field_and_nothing_is_applied(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river)
        await edit(pilot, app, "learning_rate", "fast")
        await until(pilot, lambda: "number" in app.fault("learning_rate"))
        await pilot.press("ctrl+a")
        await until(pilot, lambda: any("learning_rate is 'fast'" in words for words in app.told))
        assert not (run.path / "commands.jsonl").exists()
        assert app.row("learning_rate").entry.value == "fast"


async def test_a_fault_keeps_a_run_from_starting(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(pilot, app, river, dropout=7)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.row("dropout").entry.has_focus, "the field is shown")
        assert app.row("dropout").region.width > 0
        assert runs(app) == []


async def test_what_is_applied_now_changes_the_run_and_marks_the_chart(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        await edit(pilot, app, "learning_rate", "0.0031")
        await until(pilot, lambda: app.mark("learning_rate") == "*")
        assert "^a Apply now" in app.keys
        await pilot.press("ctrl+a")
        await until(pilot, lambda: app.in_force("learning_rate") == 0.0031)
        await until(pilot, lambda: app.mark("learning_rate") == "")
        await until(pilot, lambda: "learning rate 0.006 → 0.0031" in app.drawn, "it is marked")
        assert "learning rate 0.006 → 0.0031" in app.sampled


async def test_what_waits_for_the_epoch_is_marked_until_it_takes_effect(
    app: OnTrain, tmp_path: Path
) -> None:
    long = tmp_path / "long.txt"
    long.write_text(RIVER * 60)  # some seconds an epoch
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, str(long), hidden_size=64)
        await pilot.press("ctrl+s")  # however fast the machine is, the epoch waits for us
        await until(pilot, lambda: app.state == "paused")
        await edit(pilot, app, "dropout", "0.25")
        await pilot.press("ctrl+e")
        await until(pilot, lambda: app.mark("dropout") == "» epoch")
        assert app.row("dropout").entry.value == "0.25"
        assert app.in_force("dropout") == 0
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.in_force("dropout") == 0.25, "the epoch begins")
        await until(pilot, lambda: app.mark("dropout") == "")
    (run,) = runs(app)
    (change,) = [e for e in Follower(run.events).poll() if isinstance(e, HyperparametersChanged)]
    assert change.epoch == 1


async def test_undo_puts_the_fields_back(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        await edit(pilot, app, "learning_rate", "0.5")
        await edit(pilot, app, "batch_size", "none")
        await pilot.press("escape", "u")
        await until(pilot, lambda: app.row("learning_rate").entry.value == "0.006")
        assert app.row("batch_size").entry.value == "4"
        assert (app.fault("batch_size"), app.mark("learning_rate")) == ("", "")


async def paused_with_a_change_that_waits(pilot: Pilot[Any], app: OnTrain, river: str) -> Run:
    """A dropout of 0.25, for an epoch that does not come."""
    run = await begin(pilot, app, river)
    await pilot.press("ctrl+s")
    await until(pilot, lambda: app.state == "paused")
    await edit(pilot, app, "dropout", "0.25")
    await pilot.press("ctrl+e")
    await until(pilot, lambda: app.mark("dropout") == "» epoch")
    return run


async def test_ctrl_z_takes_back_what_was_typed_then_what_waits(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await paused_with_a_change_that_waits(pilot, app, river)
        await edit(pilot, app, "dropout", "0.5")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: app.row("dropout").entry.value == "0.25")
        assert app.mark("dropout") == "» epoch"
        await pilot.press("ctrl+z")
        await until(pilot, lambda: app.row("dropout").entry.value == "0")
        assert app.mark("dropout") != "» epoch"
        await pilot.press("escape", "x")
        await until(pilot, lambda: app.state == "stopped")
    changes = [e for e in Follower(run.events).poll() if isinstance(e, HyperparametersChanged)]
    assert [change.changed for change in changes] == [{}]


async def test_a_change_that_could_not_be_sent_is_an_edit_again(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river)
        (run.path / "commands.jsonl").mkdir()
        await edit(pilot, app, "learning_rate", "0.0031")
        await pilot.press("ctrl+a")
        await until(pilot, lambda: any("cannot be asked to set" in words for words in app.told))
        await until(pilot, lambda: app.mark("learning_rate") == "*")
        assert app.row("learning_rate").entry.value == "0.0031"
        (run.path / "commands.jsonl").rmdir()


async def test_a_run_is_paused_and_goes_on(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        assert "^s Pause" in app.keys
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.state == "paused")
        assert "^s Go on" in app.keys
        assert "Paused" in app.hint
        before = app.step
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.state == "running" and app.step > before)


async def test_a_run_is_stopped_and_resumed_from_its_checkpoint(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river)
        await pilot.press("x")
        await until(pilot, lambda: app.state == "stopped")
        await until(pilot, lambda: not run.is_alive())
        before = app.step
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.state == "running" and app.step > before)
        assert len(runs(app)) == 1


async def test_a_stopped_run_goes_on_with_what_the_form_says(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river)
        await pilot.press("x")
        await until(pilot, lambda: app.state == "stopped" and not run.is_alive())
        await edit(pilot, app, "learning_rate", "0.001")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.in_force("learning_rate") == 0.001)
        await until(pilot, lambda: app.state == "running")


async def test_what_is_being_typed_when_the_run_ends_stays_and_what_waits_does_not(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await paused_with_a_change_that_waits(pilot, app, river)
        await edit(pilot, app, "learning_rate", "0.0031")
        send(run, "stop")  # as a shell does it
        await until(pilot, lambda: app.state == "stopped")
        assert app.row("learning_rate").entry.value == "0.0031"
        assert app.mark("learning_rate") == "*"
        assert app.row("dropout").entry.value == "0"


async def test_a_finished_run_goes_on_when_its_bound_is_raised(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river, steps=400)
        await until(pilot, lambda: app.state == "finished")
        assert "^s" not in app.keys
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any("reached its end" in words for words in app.told))
        app.train.draft.type("steps", "800")
        app.train.show_draft()
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.state == "finished" and app.step == 800)


async def test_sample_and_checkpoint_come_when_asked(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river, sample_every=1_000_000, checkpoint_every=1_000_000)
        before = app.sampled.count("── step")
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.sampled.count("── step") > before)
        await pilot.press("ctrl+k")
        last = run.path / "checkpoints" / "last.safetensors"
        await until(pilot, last.exists, "a checkpoint is there")
        await until(pilot, lambda: any("A checkpoint of step" in words for words in app.told))


async def test_what_is_fixed_is_locked_while_a_run_is_shown_and_free_for_the_next(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        assert not app.row("cell").entry.disabled
        await begin(pilot, app, river)
        for name in ("cell", "layers", "hidden_size"):
            assert app.row(name).entry.disabled
            assert app.mark(name) == "fixed"
        assert not app.row("dropout").entry.disabled
        await pilot.press("n")
        await until(pilot, lambda: not app.row("hidden_size").entry.disabled)
        assert app.row("hidden_size").entry.value == "16"


async def test_a_new_run_leaves_the_old_one_at_work(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        first = await begin(pilot, app, river)
        await pilot.press("n")
        await until(pilot, lambda: app.train.picture is None)
        assert any("goes on" in words for words in app.told)
        assert "A new run." in app.drawn
        assert "2    see all runs" in app.drawn
        assert "new run" in app.status
        await pilot.press("ctrl+s")
        await until(pilot, lambda: app.state == "running")
        assert len(runs(app)) == 2
        assert app.train.run_id != first.id
        assert first.is_alive()


async def test_a_fork_begins_where_its_parent_stands(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        parent = await begin(pilot, app, river)
        await pilot.press("ctrl+k")
        last = parent.path / "checkpoints" / "last.safetensors"
        await until(pilot, last.exists)
        await edit(pilot, app, "learning_rate", "0.002")
        await pilot.press("escape", "f")
        await until(pilot, lambda: app.train.run_id not in {parent.id, None})
        await until(pilot, lambda: app.state == "running")
        child = runs(app)[-1]
        assert child.config.parent is not None
        assert child.config.parent.run == parent.id
        assert child.hyperparameters().learning_rate == 0.002


async def test_leaving_says_that_the_run_goes_on_and_how_to_come_back(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        run = await begin(pilot, app, river)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    assert app.return_value == (
        f"{run.name} goes on training. Come back with: gru-tui attach {run.id}"
    )
    assert run.is_alive()


async def test_leaving_a_run_that_has_ended_says_how_and_how_to_see_it_again(
    app: OnTrain,
) -> None:
    run = made_up_run(Store(app.context.data_dir))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.state == "finished")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    assert app.picture is not None
    assert app.return_value == (
        f"amber-fox has finished at step 480, best validation loss {app.picture.best_loss:.3f}. "
        f"See it again with: gru-tui show {run.id}"
    )


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("stopped", "was stopped"),
        ("failed", "has failed"),
        ("interrupted", "was interrupted"),
    ],
)
def test_each_end_of_a_run_has_its_words(app: OnTrain, state: str, words: str) -> None:
    app.picture = Picture("261124-210512", "fox", state=state, step=7429)
    assert app._farewell() == (
        f"fox {words} at step 7,429. See it again with: gru-tui show 261124-210512"
    )


async def test_leaving_without_a_run_says_nothing(app: OnTrain) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    assert app.return_value == ""


async def test_coming_back_finds_the_run_with_its_whole_history(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        run = await begin(pilot, app, river)
        await until(pilot, lambda: "── step 0" in app.sampled)
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value is not None)
    again = OnTrain(app.context.data_dir)
    async with again.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: again.step > 0, "the run is found")
        assert again.train.run_id == run.id
        await until(pilot, lambda: "── step 0" in again.sampled, "the first sample is there")
        await until(pilot, lambda: "└┬" in again.drawn, "the curve is drawn from its beginning")
        assert again.row("hidden_size").entry.value == "16"


async def test_a_run_that_somebody_deletes_is_left(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river, steps=50)
        await until(pilot, lambda: app.state == "finished" and not run.is_alive())
        name = run.name
        Store(app.context.data_dir).delete(run)
        await until(pilot, lambda: "A new run." in app.drawn)
        assert app.picture is None
        await until(pilot, lambda: f"{name} was deleted." in app.told)


async def test_a_run_that_is_deleted_in_the_app_is_told_once(app: OnTrain) -> None:
    name = made_up_run(Store(app.context.data_dir)).name
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.step)
        await pilot.press("2")
        await until(pilot, lambda: any(table.row_count for table in app.screen.query(RunTable)))
        await pilot.press("d")
        await until(pilot, lambda: isinstance(app.screen, Confirm))
        await pilot.press("y")
        await until(pilot, lambda: app.train.picture is None and app.told)
        assert app.told == [f"{name} is deleted."]


@pytest.mark.parametrize("name", ["plain", "proj [old] x", "w[", "w[/d]"])
async def test_a_picture_of_the_screen_is_in_the_current_folder_whatever_that_is_called(
    app: OnTrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    folder = tmp_path / name
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    async with app.run_test(size=(160, 48), notifications=True) as pilot:
        await ready(pilot, app)
        app.action_picture()
        await until(pilot, lambda: app.told, "it is told")
        (picture,) = folder.glob("*.svg")
        assert app.told == [f"A picture of the screen is in {picture}."]
        await until(pilot, lambda: app.screen.query(Toast), "the words are on the screen")
        (shown,) = app.screen.query(Toast)
        assert str(shown.render()) == app.told[0]
    svg = picture.read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert svg.count('<text xml:space="preserve" ') == svg.count("<text") > 20


async def test_a_picture_that_cannot_be_written_says_what_to_do(
    app: OnTrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("gru_tui.named_file.os.access", lambda path, mode: False)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        app.action_picture()
        await until(pilot, lambda: any("in another folder" in words for words in app.told))
    assert not list(tmp_path.glob("*.svg"))
