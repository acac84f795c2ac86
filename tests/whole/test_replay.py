"""A replay ends with the bits of the run that it repeats: real processes, steered and killed."""

import hashlib
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from corpora.errors import ReportedError
from engine.checkpoint import load_checkpoint
from engine.events import Answer, CheckpointSaved, HyperparametersChanged, Rollback
from gru_tui.runs import launch, replay, text
from gru_tui.runs.command import send
from gru_tui.runs.course import Course
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary
from tests.commands.program import SENTENCE, SMALL, Program
from tests.runs.living import Hearing, at_step, both, killed_at, live
from tests.runs.making import events, kill, last, new_run, of, until

PLAN: dict[str, Any] = {
    "layers": 2,
    "dropout": 0.2,
    "steps": 160,
    "epochs": 0,
    "checkpoint_every": 25,
    "validate_every": 40,
    "sample_every": 4,
    "sample_length": 20,
}


def bits(checkpoint: Path) -> str:
    """One sha256 over all that was learnt; counters of seconds are another each time."""
    loaded, total = load_checkpoint(checkpoint), hashlib.sha256()
    for tensors in (loaded.model.parameters, loaded.first_moments, loaded.second_moments):
        for name, array in sorted(tensors.items()):
            total.update(name.encode() + array.tobytes())
    return total.hexdigest()


def change(run: Run, when: str = "now", **changes: Any) -> None:
    send(run, "set", changes=changes, when=when)


def ended(run: Run) -> Summary:
    until(lambda: not run.is_alive(), "the end of the run")
    return Summary(run)


def made(run: Run) -> list[tuple[int, dict[str, object]]]:
    """What was changed at which step, without what a killed process lost."""
    return [(deed.step, deed.changes) for deed in Course.of(run).deeds if deed.kind == "set"]


def assert_repeated(store: Store, original: Run) -> Run:
    again = replay.replay(store, original)
    summary, before = ended(again), Summary(original)
    assert (summary.state, summary.step) == (before.state, before.step), summary.reason
    assert bits(last(again)) == bits(last(original))
    assert made(again) == made(original)
    return again


def test_a_run_steered_stopped_killed_and_resumed_is_repeated_to_the_bit(
    program: Program, store: Store
) -> None:
    run = new_run(store, **PLAN, processes=2)
    first = both(
        at_step(20, lambda: change(run, learning_rate=0.003)),
        at_step(30, lambda: change(run, "epoch", batch_size=6, dropout=0.1)),
        at_step(90, lambda: send(run, "stop")),
    )
    assert live(run, first) == 0
    second = both(
        at_step(95, lambda: change(run, sequence_length=12)),
        at_step(105, lambda: send(run, "checkpoint")),
        killed_at(lambda event: event.step == 118),
    )
    assert live(run, second) is None
    assert live(run, at_step(130, lambda: change(run, schedule="linear"))) == 0

    result = program("replay", run.id, "--name", "again")
    assert result.status == 0, result.complaint
    again = store.find("again")
    assert Summary(again).step == Summary(run).step == PLAN["steps"]
    assert bits(last(again)) == bits(last(run))
    assert len(made(run)) == 4
    assert made(again) == made(run)
    assert again.config.replays is not None
    assert (again.config.replays.run, again.config.replays.step) == (run.id, PLAN["steps"])
    assert again.config.processes == run.config.processes == 2


def test_a_change_that_was_lost_with_a_killed_process_is_not_repeated_where_it_was_lost(
    store: Store,
) -> None:
    run = new_run(store, **{**PLAN, "steps": 60})
    hear = both(
        at_step(20, lambda: change(run, learning_rate=0.002)),
        killed_at(lambda event: isinstance(event, HyperparametersChanged)),
    )
    assert live(run, hear) is None
    assert live(run) == 0
    assert len(of(HyperparametersChanged, events(run))) == 2
    assert [step for step, _ in made(run)] == [0]
    assert_repeated(store, run)


def test_roll_backs_come_by_themselves_and_later_changes_behind_them(store: Store) -> None:
    run = new_run(store, **PLAN, gradient_clip=0.0)
    broken: list[int] = []

    def calm(event: object) -> None:
        """Steer, once it has diverged, at a step that it has been at before."""
        if isinstance(event, Rollback):
            broken.append(event.to_step)
            change(run, learning_rate=0.004, gradient_clip=1.0)

    hear: Hearing = both(at_step(30, lambda: change(run, learning_rate=1e9)), calm)
    assert live(run, hear) == 0
    assert broken
    again = assert_repeated(store, run)
    assert [e.to_step for e in of(Rollback, events(again))] == broken


def test_a_roll_back_counts_whose_checkpoint_was_written_but_not_told_of(store: Store) -> None:
    run = new_run(store, **PLAN, gradient_clip=0.0)

    def is_saved(event: object) -> bool:
        return isinstance(event, CheckpointSaved) and bool(of(Rollback, events(run)))

    # At this rate it diverges, and at half of it no more.
    hear = both(at_step(30, lambda: change(run, learning_rate=3.0)), killed_at(is_saved))
    assert live(run, hear) is None
    *before, told = run.events.read_bytes().splitlines(keepends=True)
    assert b'"checkpoint"' in told
    run.events.write_bytes(b"".join(before))
    assert live(run, at_step(60, lambda: change(run, learning_rate=0.004))) == 0
    assert len(of(Rollback, events(run))) == 1
    assert_repeated(store, run)


def test_a_schedule_over_seconds_is_repeated_at_the_pace_of_then(store: Store) -> None:
    run = new_run(store, **{**PLAN, "steps": 0, "max_seconds": 0.8, "schedule": "linear"})
    hear = at_step(12, lambda: change(run, max_seconds=1.2))
    assert live(run, hear) == 0
    again = assert_repeated(store, run)
    assert_repeated(store, again)


def test_a_run_by_the_clock_without_its_pace_is_refused(store: Store) -> None:
    run = new_run(store, **{**PLAN, "steps": 0, "max_seconds": 0.3})
    assert live(run) == 0
    (run.path / "pace.bin").unlink()
    with pytest.raises(ReportedError, match="went by the clock"):
        replay.replay(store, run)
    assert len(store.all()) == 1


def test_a_run_by_the_clock_whose_pace_was_recorded_only_later_is_refused(store: Store) -> None:
    run = new_run(store, **PLAN, max_seconds=60)
    pace = run.path / "pace.bin"
    assert live(run, both(at_step(10, pace.unlink), at_step(20, lambda: send(run, "stop")))) == 0
    assert not pace.exists()
    assert live(run) == 0
    assert pace.exists()
    with pytest.raises(ReportedError, match="went by the clock"):
        replay.replay(store, run)


def test_a_run_by_the_clock_that_was_stopped_where_it_had_rolled_back_can_be_repeated(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = {**PLAN, "steps": 0, "max_seconds": 60, "gradient_clip": 0.0}
    run = new_run(store, **plan)

    def stop(event: object) -> None:
        if isinstance(event, Rollback):
            send(run, "stop")

    assert live(run, both(at_step(5, lambda: change(run, learning_rate=1e9)), stop)) == 0
    assert Summary(run).step == 5
    monkeypatch.setattr(launch, "start", lambda *_, **__: None)
    again = replay.replay(store, run)
    kept, known = again.path / "replay-pace.bin", run.path / "pace.bin"
    assert kept.read_bytes() == known.read_bytes()


def test_of_a_run_that_went_by_the_clock_for_a_while_the_pace_of_then_is_enough(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store, **{**PLAN, "steps": 12})
    hear = both(*(at_step(n, partial(change, run, max_seconds=60 * (n == 3))) for n in (3, 6)))
    assert live(run, hear) == 0
    monkeypatch.setattr(launch, "start", lambda *_, **__: None)
    again = replay.replay(store, run)
    assert (again.path / "replay-pace.bin").stat().st_size == 3 * 24


def test_a_stopped_run_is_repeated_as_far_as_it_went_and_can_then_go_on(store: Store) -> None:
    run = new_run(store, **PLAN)
    assert live(run, at_step(33, lambda: send(run, "stop"))) == 0
    again = assert_repeated(store, run)
    assert Summary(again).step == 33
    launch.resume(again)
    assert (ended(again).state, Summary(again).step) == ("finished", 160)
    assert live(run) == 0
    assert bits(last(again)) == bits(last(run))


def test_a_fork_is_repeated_from_its_parents_checkpoint(store: Store) -> None:
    parent = new_run(store, **{**PLAN, "steps": 30})
    assert live(parent) == 0
    fork = launch.fork(store, parent, last(parent), {"steps": 40, "random_seed": 5})
    ended(fork)
    assert_repeated(store, fork)


def test_a_killed_replay_goes_on_repeating(store: Store) -> None:
    run = new_run(store, **PLAN)
    hear = both(
        at_step(20, lambda: change(run, learning_rate=0.002)),
        at_step(90, lambda: change(run, weight_decay=0.3)),
    )
    assert live(run, hear) == 0
    again = replay.replay(store, run)
    until(lambda: Summary(again).step >= 40 or not again.is_alive(), "step 40")
    kill(again)
    launch.resume(again)
    assert ended(again).step == 160
    assert bits(last(again)) == bits(last(run))


def test_another_text_is_refused_in_a_sentence(
    program: Program, store: Store, tmp_path: Path
) -> None:
    source = tmp_path / "fox.txt"
    source.write_text(SENTENCE * 40, encoding="utf-8")
    assert program("train", source, "--steps", 3, *SMALL).status == 0
    run = store.find("last")
    (run.path / text.FILE).unlink()
    source.write_text(SENTENCE * 41, encoding="utf-8")
    result = program("replay", "last")
    assert result.status == 1
    assert "is not the text any more" in result.complaint
    assert len(result.complaint.splitlines()) == 1


def test_a_replay_takes_no_changes_of_its_own(store: Store) -> None:
    run = new_run(store, **PLAN)
    assert live(run) == 0
    again = replay.replay(store, run)
    send(again, "pause")
    change(again, learning_rate=0.5)
    until(lambda: of(Answer, events(again)) or not again.is_alive(), "an answer")
    send(again, "resume")
    ended(again)
    assert bits(last(again)) == bits(last(run))
    assert not made(again)
