"""One life of a trainer after another: what a killed one left is taken up, and nothing twice."""

import itertools
import os
import signal
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from engine.checkpoint import read_header, same_file
from engine.events import Event, RunStarted, State, Step, Warned
from gru_tui.runs import launch
from gru_tui.runs.command import send
from gru_tui.runs.run import PARENT, Run
from gru_tui.runs.store import Store
from gru_tui.runs.text import FILE as TEXT_FILE
from tests.runs.living import Killed, at_step, killed_at, live
from tests.runs.making import best, digest, events, last, new_run, of, states

PLAN: dict[str, Any] = {"steps": 12, "checkpoint_every": 4, "validate_every": 6}


@pytest.fixture
def run(store: Store) -> Run:
    return new_run(store, **PLAN)


@pytest.fixture
def undisturbed(store: Store) -> str:
    """What such a run ends with when nothing happens to it."""
    run = new_run(store, **PLAN)
    assert live(run) == 0
    return digest(last(run))


# --- killed and resumed ---


def test_the_first_line_is_the_whole_configuration_and_comes_once(run: Run) -> None:
    live(run, killed_at(lambda event: event.step == 5))
    assert live(run) == 0
    first = events(run)[0]
    assert isinstance(first, RunStarted)
    assert first.format == "gru-tui/1"
    assert first.hyperparameters == run.config.hyperparameters
    assert len(of(RunStarted, events(run))) == 1


def test_killed_after_whichever_event_a_run_ends_with_the_same_bits(store: Store) -> None:
    plan: dict[str, Any] = {"steps": 6, "checkpoint_every": 2, "validate_every": 3}
    whole = new_run(store, **plan)
    heard: list[Event] = []  # each step by itself, which the file has only in means
    assert live(whole, heard.append) == 0
    for place, event in enumerate(heard):
        run = new_run(store, **plan)
        left = itertools.count(place, -1)
        assert live(run, killed_at(lambda _, left=left: next(left) == 0)) is None  # type: ignore[misc]
        assert live(run) == 0
        assert digest(last(run)) == digest(last(whole)), f"killed after {event}"
        assert states(run)[-1] == "finished"


def test_a_run_killed_while_it_writes_a_checkpoint_goes_on_and_leaves_no_litter(
    run: Run, undisturbed: str
) -> None:
    def write_half(path: Path, *_: object) -> None:
        path.with_name(f".{path.name}.partial").write_bytes(b"half")
        path.with_name(".link-abc").mkdir()
        raise Killed

    with mock.patch("engine.saving.save_checkpoint", write_half):
        live(run)
    assert list(run.checkpoints.glob(".*"))
    assert live(run) == 0
    assert digest(last(run)) == undisturbed
    assert not list(run.checkpoints.glob(".*"))


def test_a_run_killed_between_a_checkpoint_and_its_second_name_goes_on(
    run: Run, undisturbed: str
) -> None:
    def name_once(target: Path, name: Path) -> None:
        if target.name == "step-00000008.safetensors":
            raise Killed
        same_file(target, name)

    with mock.patch("engine.saving.same_file", name_once):
        live(run)
    assert read_header(last(run)).step == 6
    assert live(run) == 0
    assert digest(last(run)) == undisturbed


@pytest.mark.parametrize("name", ["best", "last"])
def test_a_run_killed_between_the_names_of_a_checkpoint_ends_with_the_best_of_an_undisturbed_one(
    store: Store, name: str
) -> None:
    whole, cut = (new_run(store, **{**PLAN, "validate_every": 4}) for _ in range(2))
    assert live(whole) == 0
    best_at = read_header(best(whole)).step
    assert best_at > 4

    def stop_at(target: Path, path: Path) -> None:
        if path.stem == name and target.name == f"step-{best_at:08d}.safetensors":
            raise Killed
        same_file(target, path)

    with mock.patch("engine.saving.same_file", stop_at):
        live(cut)
    assert live(cut) == 0
    assert digest(best(cut)) == digest(best(whole))
    assert digest(last(cut)) == digest(last(whole))


def test_without_its_last_checkpoint_a_run_goes_on_from_the_furthest_that_is_left(
    run: Run, undisturbed: str
) -> None:
    live(run, killed_at(lambda event: event.step == 10))
    saved = digest(best(run))
    last(run).unlink()
    live(run, killed_at(lambda event: isinstance(event, Step)))
    assert of(State, events(run))[-1].step == 8
    assert digest(best(run)) == saved
    assert live(run) == 0
    assert digest(last(run)) == undisturbed


def test_a_damaged_last_checkpoint_says_what_to_move_to_go_on_from_the_one_before(
    run: Run, undisturbed: str
) -> None:
    live(run, killed_at(lambda event: event.step == 10))
    os.truncate(last(run), 1000)  # and with it the file's other name
    assert live(run) == 1
    said = of(State, events(run))[-1].reason
    names = "last.safetensors and step-00000008.safetensors"
    assert f"; to go on from step-00000006.safetensors, move {names} out of that folder" in said
    for name in names.split(" and "):
        (run.checkpoints / name).rename(run.path / name)
    assert live(run) == 0
    assert digest(last(run)) == undisturbed


def test_a_last_checkpoint_that_cannot_be_looked_into_is_never_written_over(run: Run) -> None:
    live(run, killed_at(lambda event: event.step == 10))
    last(run).unlink()
    last(run).symlink_to("elsewhere")
    kept = sorted(run.checkpoints.iterdir())
    assert live(run) == 1
    final = events(run)[-1]
    assert isinstance(final, State)
    assert f"there is no checkpoint {last(run)}" in final.reason
    assert sorted(run.checkpoints.iterdir()) == kept


def test_a_torn_last_event_is_closed_and_named_and_nothing_fuses(run: Run) -> None:
    live(run, killed_at(lambda event: event.step == 5))
    with run.events.open("ab") as file:
        file.write(b'{"event":"step","lo')
    assert live(run) == 0
    (warning,) = [event for event in of(Warned, events(run)) if "damaged" in event.message]
    assert warning.message.startswith("line ")
    assert states(run)[-3:] == ["starting", "running", "finished"]


def test_a_fork_killed_before_its_first_checkpoint_still_begins_with_its_parents_parameters(
    store: Store, run: Run
) -> None:
    assert live(run) == 0
    with mock.patch.object(launch, "start"):
        whole, cut = (
            launch.fork(store, run, last(run), {"learning_rate": 0.001}) for _ in range(2)
        )
    assert live(whole) == 0
    live(cut, killed_at(lambda event: isinstance(event, State) and event.state == "running"))
    assert not last(cut).exists()
    assert live(cut) == 0
    assert digest(last(cut)) == digest(last(whole))
    assert digest(last(cut)) != digest(last(run))


def test_a_fork_without_its_parents_checkpoint_never_begins_with_other_parameters(
    store: Store, run: Run
) -> None:
    assert live(run) == 0
    with mock.patch.object(launch, "start"):
        fork = launch.fork(store, run, last(run), {})
    (fork.checkpoints / PARENT).unlink()
    assert live(fork) == 1
    final = events(fork)[-1]
    assert isinstance(final, State)
    assert f"there is no checkpoint {fork.checkpoints / PARENT}" in final.reason
    assert not last(fork).exists()


# --- ends ---


@pytest.mark.parametrize("step", [0, 5])
def test_sigterm_stops_with_a_checkpoint(run: Run, step: int, undisturbed: str) -> None:
    assert live(run, at_step(step, lambda: os.kill(os.getpid(), signal.SIGTERM))) == 0
    final = events(run)[-1]
    assert isinstance(final, State)
    assert (final.state, final.reason) == ("stopped", "ended by SIGTERM")
    assert step <= final.step <= step + 1
    assert read_header(last(run)).step == final.step
    assert live(run) == 0
    assert digest(last(run)) == undisturbed


def test_sighup_and_ctrl_c_do_not_reach_a_trainer(run: Run) -> None:
    def annoy() -> None:
        os.kill(os.getpid(), signal.SIGHUP)
        os.kill(os.getpid(), signal.SIGINT)

    assert live(run, at_step(5, annoy)) == 0
    assert states(run) == ["starting", "running", "finished"]


def test_a_run_without_its_text_fails_with_one_final_state(run: Run) -> None:
    (run.path / TEXT_FILE).unlink()
    assert live(run) == 1
    assert states(run) == ["starting", "failed"]
    final = events(run)[-1]
    assert isinstance(final, State)
    assert "text.ids is missing or damaged" in final.reason


def test_a_damaged_run_json_fails_with_its_name(run: Run) -> None:
    (run.path / "run.json").write_bytes(b"{")
    assert live(Run(run.path)) == 1
    assert states(run) == ["failed"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "there was not enough memory"),
        (OSError(12, "Cannot allocate memory"), "there was not enough memory"),
        (ZeroDivisionError("of a kind"), "ZeroDivisionError: of a kind (see "),
    ],
)
def test_whatever_ends_a_run_is_its_one_last_event_and_it_can_be_resumed(
    run: Run, undisturbed: str, error: Exception, words: str
) -> None:
    def raise_it() -> None:
        raise error

    with pytest.raises(type(error)):
        live(run, at_step(5, raise_it))
    final = events(run)[-1]
    assert isinstance(final, State)
    assert (final.state, final.step) == ("failed", 5)
    assert words in final.reason
    assert states(run).count("failed") == 1
    assert live(run) == 0
    assert digest(last(run)) == undisturbed


def test_a_finished_run_ends_again_at_once_and_trains_on_when_its_bound_is_moved(run: Run) -> None:
    assert live(run) == 0
    before = digest(last(run))
    assert live(run) == 0
    assert digest(last(run)) == before
    send(run, "set", changes={"steps": 16}, when="now")
    assert live(run) == 0
    assert read_header(last(run)).step == 16
    assert states(run).count("finished") == 3


def test_notes_on_the_text_are_told_once(store: Store, tmp_path: Path) -> None:
    import corpora
    from tests.runs.making import TEXT, settings

    (tmp_path / "latin.txt").write_bytes((TEXT + "Ä lätin öne. " * 40).encode("latin-1"))
    corpus = corpora.load(str(tmp_path / "latin.txt"))
    assert corpus.notes
    run = store.create(corpus, settings(**PLAN))
    live(run, killed_at(lambda event: event.step == 5))
    live(run)
    told = [event.message for event in of(Warned, events(run))]
    assert [told.count(note) for note in corpus.notes] == [1] * len(corpus.notes)
