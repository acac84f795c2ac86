"""Commands to a run that trains: obeyed in order, each answered exactly once."""

import shutil
import stat
from types import SimpleNamespace
from unittest import mock

import pytest

from engine import footprint, stopwatch
from engine.checkpoint import read_header
from engine.events import (
    AnyEvent,
    CheckpointSaved,
    Event,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Step,
    Warned,
)
from engine.trainer import Trainer
from gru_tui.curves import digest
from gru_tui.runs import journal, training
from gru_tui.runs.command import FILE, send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.living import at_step, both, live, on_pause
from tests.runs.making import answers, events, last, new_run, of, states


@pytest.fixture
def run(store: Store) -> Run:
    return new_run(store, steps=12, checkpoint_every=6, sample_every=1000)


def test_pause_holds_between_two_steps_and_resume_lets_go(run: Run) -> None:
    sent: list[str] = []
    hear = both(
        at_step(5, lambda: sent.append(send(run, "pause"))),
        on_pause(lambda: sent.append(send(run, "resume"))),
    )
    assert live(run, hear) == 0
    assert states(run) == ["starting", "running", "paused", "running", "finished"]
    told = of(State, events(run))
    assert [event.step for event in told[2:]] == [5, 5, 12]
    found = answers(run)
    assert set(found) == set(sent)
    assert all(answer.ok and answer.step == 5 for answer in found.values())
    assert {answer.characters for answer in found.values()} == {told[2].characters} != {0}


def test_a_pause_is_no_time_spent(run: Run) -> None:
    now, looks = 0.0, 0

    def sleep(seconds: float) -> None:
        nonlocal now, looks
        now, looks = now + seconds, looks + 1
        if looks == 5:
            send(run, "resume")

    clock = SimpleNamespace(monotonic=lambda: now, sleep=sleep)
    with mock.patch.object(stopwatch, "time", clock), mock.patch.object(training, "time", clock):
        assert live(run, at_step(5, lambda: send(run, "pause"))) == 0
    assert states(run) == ["starting", "running", "paused", "running", "finished"]
    assert now > 0
    assert {event.seconds for event in events(run)} == {0.0}


def test_asking_twice_for_the_same_is_answered_twice_and_told_once(run: Run) -> None:
    def resume_twice() -> None:
        send(run, "resume")
        send(run, "resume")

    hear = both(at_step(5, lambda: [send(run, "pause") for _ in range(2)]), on_pause(resume_twice))
    assert live(run, hear) == 0
    assert states(run) == ["starting", "running", "paused", "running", "finished"]
    assert [answer.ok for answer in answers(run).values()] == [True] * 4


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lerning_rate": 1}, "did you mean learning_rate?"),
        ({"learning_rate": -1}, "learning_rate is -1"),
        ({"learning_rate": 0.1, "dropout": 7}, "dropout is 7"),
        ({"learning_rate": None}, "learning_rate is None"),
        ({"learning_rate": [0.1]}, "learning_rate is [0.1]"),
        ({"batch_size": 1.5}, "batch_size is 1.5"),
        ({"hidden_size": 32}, "hidden_size is fixed"),
        ({"random_seed": 1}, "random_seed is fixed"),
        ({"": 1}, "there is no hyperparameter ''"),
    ],
)
def test_a_bad_change_is_answered_and_changes_nothing(
    run: Run, changes: dict[str, object], words: str
) -> None:
    sent: list[str] = []
    for when in ("now", "epoch"):
        hear = at_step(5, lambda: sent.append(send(run, "set", changes=changes, when=when)))  # noqa: B023
        live(run, hear)
        send(run, "set", changes={"steps": 24}, when="now")
    found = answers(run)
    assert [found[identity].ok for identity in sent] == [False] * len(sent)
    assert all(words in found[identity].message for identity in sent)
    changed = [event.changed for event in of(HyperparametersChanged, events(run))]
    assert all(set(change) == {"steps"} for change in changed)
    assert states(run)[-1] == "finished"


def test_a_change_holds_from_the_next_step_and_is_saved_at_once(run: Run) -> None:
    hear = at_step(5, lambda: send(run, "set", changes={"learning_rate": 0.5}, when="now"))
    assert live(run, hear) == 0
    found = events(run)
    (change,) = of(HyperparametersChanged, found)
    assert change.changed == {"learning_rate": [0.006, 0.5]}
    assert change.step == 5
    following = found[found.index(change) + 1]
    assert isinstance(following, CheckpointSaved)
    assert following.step == 5
    assert change.command in answers(run)


def test_with_each_checkpoint_the_digest_of_the_events_is_brought_up_to_date(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "WORTH_IT", 0)
    assert live(run) == 0
    known = digest.remembered(run)
    assert known is not None
    assert known.offset > run.events.stat().st_size / 2


def test_a_change_to_what_is_already_so_is_answered_and_needs_no_checkpoint(run: Run) -> None:
    hear = at_step(5, lambda: send(run, "set", changes={"learning_rate": "0.006"}, when="now"))
    assert live(run, hear) == 0
    (change,) = of(HyperparametersChanged, events(run))
    assert change.changed == {}
    assert answers(run)[change.command].ok
    assert [event.step for event in of(CheckpointSaved, events(run))] == [0, 6, 12, 12]


def test_of_several_commands_at_once_each_meets_what_the_ones_before_brought(run: Run) -> None:
    sent: list[str] = []

    def ask() -> None:
        sent.append(send(run, "set", changes={"learning_rate": 0.5}, when="now"))
        sent.append(send(run, "checkpoint"))
        sent.append(send(run, "set", changes={"learning_rate": 0.25}, when="now"))
        sent.append(send(run, "stop"))

    assert live(run, at_step(5, ask)) == 0
    assert [answers(run)[identity].ok for identity in sent] == [True] * 4
    assert states(run)[-1] == "stopped"
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.25
    asked_for = [event for event in of(CheckpointSaved, events(run)) if event.command == sent[1]]
    assert len(asked_for) == 1
    kept = [event for event in events(run) if isinstance(event, HyperparametersChanged)]
    assert [event.changed["learning_rate"][1] for event in kept] == [0.5, 0.25]


def test_a_sample_is_written_on_demand(run: Run) -> None:
    sent: list[str] = []
    assert live(run, at_step(5, lambda: sent.append(send(run, "sample")))) == 0
    (sample,) = [event for event in of(Sample, events(run)) if event.command]
    assert (sample.command, sample.step) == (sent[0], 5)
    assert len(sample.text) == 200
    assert answers(run)[sent[0]].ok


def test_stop_saves_and_refuses_what_comes_after_it(run: Run) -> None:
    sent: list[str] = []

    def ask() -> None:
        sent.extend(send(run, kind) for kind in ("stop", "pause", "stop", "sample"))

    assert live(run, at_step(5, ask)) == 0
    assert [answers(run)[identity].ok for identity in sent] == [True, False, False, False]
    assert answers(run)[sent[1]].message == "the run is stopped"
    final = events(run)[-1]
    assert isinstance(final, State)
    assert (final.state, final.step) == ("stopped", 5)
    assert final.reason.startswith("asked by ")
    assert states(run).count("stopped") == 1
    assert read_header(last(run)).step == 5


def test_a_batch_that_does_not_fit_into_memory_is_refused_and_the_run_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(footprint, "available", lambda: 1e5)
    ask = at_step(5, lambda: send(run, "set", changes={"batch_size": 400}, when="now"))
    assert live(run, ask) == 0
    (answer,) = answers(run).values()
    assert not answer.ok
    assert "GB more, but 0.0 GB are free; take smaller ones" in answer.message
    assert states(run)[-1] == "finished"


def test_what_is_asked_while_the_run_ends_is_refused(run: Run) -> None:
    sent: list[str] = []

    def close(trainer: Trainer) -> None:
        sent.append(send(run, "pause"))

    with mock.patch.object(Trainer, "close", close):
        assert live(run) == 0
    (answer,) = answers(run).values()
    assert (answer.command, answer.ok, answer.message) == (sent[0], False, "the run is finished")
    assert isinstance(events(run)[-1], State)


def test_a_line_that_is_no_command_is_a_warning_and_stops_nothing(run: Run) -> None:
    def spoil() -> None:
        with (run.path / FILE).open("ab") as file:
            file.write(b'{"command":"explode"}\n')

    assert live(run, at_step(5, spoil)) == 0
    (warning,) = of(Warned, events(run))
    assert "line 1 of commands.jsonl is no command" in warning.message
    assert states(run)[-1] == "finished"


def test_a_roll_back_is_saved_with_the_lower_rate_and_a_lost_run_says_what_to_try(
    store: Store,
) -> None:
    run = new_run(store, steps=40, learning_rate=1e9, warm_up=0, gradient_clip=0)
    assert live(run) == 1
    found = events(run)
    rollbacks = of(Rollback, found)
    assert len(rollbacks) == 3
    for rollback in rollbacks:
        following = found[found.index(rollback) + 1]
        assert isinstance(following, CheckpointSaved)
    rate = read_header(last(run)).hyperparameters["learning_rate"]
    assert rate == rollbacks[-1].learning_rate == 1e9 / 8
    final = found[-1]
    assert isinstance(final, State)
    assert final.state == "failed"
    assert "try a tenth of it" in final.reason
    assert states(run).count("failed") == 1


def test_a_checkpoint_asked_for_after_a_ruinous_step_is_that_of_the_model_before_it(
    store: Store,
) -> None:
    run = new_run(store, steps=4, learning_rate=1e9, warm_up=0, gradient_clip=0)
    assert live(run, at_step(1, lambda: send(run, "checkpoint"))) == 1
    found = events(run)
    assert {event.step for event in of(CheckpointSaved, found)} == {0}
    (answer,) = answers(run).values()
    assert (answer.ok, answer.step) == (True, 0)


# --- a directory that is gone ---


def test_a_paused_run_whose_directory_was_removed_ends(run: Run) -> None:
    hear = both(at_step(5, lambda: send(run, "pause")), on_pause(lambda: shutil.rmtree(run.path)))
    assert live(run, hear) == 1
    assert not run.path.exists()


def test_a_training_run_whose_directory_was_removed_ends_before_its_next_step(run: Run) -> None:
    heard: list[AnyEvent] = []

    def hear(event: Event) -> None:
        heard.append(event)  # type: ignore[arg-type]
        if event.step == 3 and run.path.exists():
            shutil.rmtree(run.path)

    assert live(run, hear) == 1
    final = heard[-1]
    assert isinstance(final, State)
    assert (final.state, final.step) == ("failed", 3)
    assert str(run.path) in final.reason
    assert not run.path.exists()


def test_a_run_whose_events_are_replaced_by_an_editor_goes_on_in_the_new_file(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BEAT", 0.0)

    def save_as_an_editor_does() -> None:
        copy = run.path / "events.jsonl~"
        copy.write_bytes(run.events.read_bytes())
        copy.replace(run.events)

    assert live(run, at_step(3, save_as_an_editor_does)) == 0
    assert states(run) == ["starting", "running", "running", "finished"]
    (warning,) = of(Warned, events(run))
    assert "removed or replaced" in warning.message
    assert of(Step, events(run))[-1].step == 12


def test_a_run_whose_events_are_removed_is_seen_again_and_answers(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "BEAT", 0.0)
    sent: list[str] = []

    def remove() -> None:
        run.events.unlink()
        sent.append(send(run, "stop"))

    assert live(run, at_step(3, remove)) == 0
    assert states(run) == ["running", "stopped"]
    assert answers(run)[sent[0]].ok


def test_a_run_whose_checkpoints_are_removed_writes_new_ones(run: Run) -> None:
    assert live(run, at_step(3, lambda: shutil.rmtree(run.checkpoints))) == 0
    assert read_header(last(run)).step == 12
    assert stat.S_IMODE(run.checkpoints.stat().st_mode) == 0o700
    assert "paused" not in states(run)
