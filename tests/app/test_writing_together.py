"""Texts from the same beginning: two checkpoints side by side, and each of a run in turn."""

import threading
from pathlib import Path

import pytest
from textual.widgets import Input, Select, Static

from engine import generate, load_checkpoint
from gru_tui.generation.process import Scribe
from gru_tui.panes.generated_text import GeneratedText
from gru_tui.panes.sample import SamplePane
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.screens import beginning
from gru_tui.screens.side_by_side import SideBySide
from gru_tui.screens.time_lapse import TimeLapse
from tests.app.on_runs import OnRuns, listed
from tests.app.runs_on_disk import new_run, train_on, trained_run
from tests.app.waiting import until


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beginning, "LENGTH", 30)


@pytest.fixture
def app(tmp_path: Path) -> OnRuns:
    return OnRuns(tmp_path)


def written(run: Run, checkpoint: str, seed_text: str, random_seed: str) -> str:
    model = load_checkpoint(run.checkpoints / f"{checkpoint}.safetensors").model
    settings = {"length": 30, "temperature": 0.8, "random_seed": int(random_seed)}
    return seed_text + "".join(generate(model, seed_text, **settings))  # type: ignore[arg-type]


def side(app: OnRuns, name: str) -> str:
    return app.screen.query_one(f"#{name}", GeneratedText).text


async def test_two_runs_write_from_the_same_seed_text_and_random_seed(
    app: OnRuns, store: Store
) -> None:
    older, newer = new_run(store), new_run(store)
    train_on(older, random_seed=1)
    train_on(newer, random_seed=2)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 2)
        await pilot.press("space", "down", "space", "b")
        await until(pilot, lambda: isinstance(app.screen, SideBySide))
        await until(pilot, lambda: len(side(app, "right")) == 30, "both have written")
        app.screen.query_one("#beginning", Input).value = "the "
        app.screen.query_one("#random_seed", Input).value = "7"
        await pilot.press("enter")
        await until(pilot, lambda: len(side(app, "right")) == 34, "both have written again")
        assert side(app, "left") == written(newer, "best", "the ", "7")
        assert side(app, "right") == written(older, "best", "the ", "7")
        assert side(app, "left") != side(app, "right")
        await pilot.press("ctrl+n")
        seed = app.screen.query_one("#random_seed", Input)
        await until(pilot, lambda: seed.value != "7")
        await until(pilot, lambda: side(app, "right") == written(older, "best", "the ", seed.value))
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is app.listing)


async def test_one_run_writes_with_its_oldest_and_its_best_and_any_other_checkpoint(
    app: OnRuns, store: Store
) -> None:
    run = trained_run(store)
    async with app.run_test(size=(120, 40)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, SideBySide))
        await until(pilot, lambda: len(side(app, "right")) == 30)
        seed = app.screen.query_one("#random_seed", Input).value
        assert side(app, "left") == written(run, "step-00000000", "", seed)
        assert side(app, "right") == written(run, "best", "", seed)
        right = app.screen.query_one("#of-right", Select)
        right.value = app.screen.query_one("#of-left", Select).value
        await pilot.press("enter")
        await until(pilot, lambda: side(app, "right") == side(app, "left") != "")


async def test_bad_fields_and_foreign_characters_are_told_below_the_texts(
    app: OnRuns, store: Store
) -> None:
    trained_run(store)

    def fault() -> str:
        return str(app.screen.query_one("#fault", Static).content)

    async with app.run_test(size=(60, 20)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("b")
        await until(pilot, lambda: isinstance(app.screen, SideBySide))
        await until(pilot, lambda: len(side(app, "right")) == 30)
        app.screen.query_one("#temperature", Input).value = "hot"
        await pilot.press("enter")
        await until(pilot, lambda: "temperature: a number" in fault())
        app.screen.query_one("#temperature", Input).value = "0.5"
        app.screen.query_one("#beginning", Input).value = "Ω"
        await pilot.press("enter")
        await until(pilot, lambda: "never saw: 'Ω'" in fault())


async def test_a_time_lapse_shows_each_checkpoint_with_its_step_and_loss(
    app: OnRuns, store: Store
) -> None:
    run = new_run(store)
    train_on(run, steps=40, validate_every=10, keep_checkpoints=20)
    async with app.run_test(size=(80, 40)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("w")
        await until(pilot, lambda: isinstance(app.screen, TimeLapse))
        pane = app.screen.query_one(SamplePane)
        app.screen.query_one("#beginning", Input).value = "the "
        await pilot.press("enter")

        def heads() -> list[str]:
            lines = ["".join(text for text, _ in line) for line in pane.lines]
            return [line.strip("─ ") for line in lines if line.startswith("──")]

        await until(pilot, lambda: len(heads()) == 5, "all five have written")
        steps = [head.split(" · ")[0] for head in heads()]
        assert steps == ["step 0", "step 10", "step 20", "step 30", "step 40"]
        assert all("validation loss" in head for head in heads()[1:])
        seed = app.screen.query_one("#random_seed", Input).value
        shown = [note.seed_text + note.text for note in pane._notes]
        assert shown[-1] == written(run, "last", "the ", seed)


async def test_without_a_checkpoint_both_say_why_nothing_happens(app: OnRuns, store: Store) -> None:
    new_run(store)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        await pilot.press("b")
        await until(pilot, lambda: len(app.told) == 1)
        await pilot.press("w")
        await until(pilot, lambda: len(app.told) == 2)
        assert all("no checkpoint" in words for words in app.told)


@pytest.mark.parametrize("key", ["b", "w", "3"])
async def test_no_key_waits_for_the_end_of_the_writing_process(
    app: OnRuns, store: Store, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    trained_run(store)
    closing: list[threading.Thread] = []
    close = Scribe.close

    def watched(scribe: Scribe) -> None:
        closing.append(threading.current_thread())
        close(scribe)

    monkeypatch.setattr(Scribe, "close", watched)
    async with app.run_test(size=(80, 24)) as pilot:
        await listed(pilot, app, 1)
        listing = app.listing
        await pilot.press(key)
        await until(pilot, lambda: app.screen is not listing)
        if key != "3":  # that one stays until the app ends
            await pilot.press("escape")
            await until(pilot, lambda: closing)
    for thread in threading.enumerate():
        if thread.name == "closing":
            thread.join()
    assert closing
    assert threading.current_thread() not in closing
