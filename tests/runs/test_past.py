"""What was asked in an earlier life of a run: changes are made and kept, the rest is refused."""

from unittest import mock

import pytest

from engine.checkpoint import read_header
from engine.events import Answer, CheckpointSaved, Event, HyperparametersChanged, Sample, State
from engine.numbered import numbered_path
from gru_tui.runs import follower
from gru_tui.runs.command import FILE, send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.living import Killed, at_step, both, killed_at, live
from tests.runs.making import answers, events, last, new_run, of, states


@pytest.fixture
def run(store: Store) -> Run:
    return new_run(store, steps=12, checkpoint_every=4, validate_every=6)


def changes(run: Run) -> list[tuple[int, object]]:
    """Every change of the learning rate: its step and what it became."""
    return [
        (event.step, event.changed["learning_rate"][1])
        for event in of(HyperparametersChanged, events(run))
        if event.changed
    ]


def test_what_was_asked_while_nobody_trained_is_refused_save_for_changes(run: Run) -> None:
    assert live(run, at_step(5, lambda: send(run, "stop"))) == 0
    stale = [send(run, kind) for kind in ("pause", "stop", "resume", "sample", "checkpoint")]
    change = send(run, "set", changes={"learning_rate": 0.5}, when="now")
    assert live(run) == 0
    found = answers(run)
    assert [found[identity].ok for identity in stale] == [False] * 5
    assert all("ask again" in found[identity].message for identity in stale)
    assert found[change].ok
    assert changes(run) == [(5, 0.5)]
    assert states(run)[-1] == "finished"
    assert not [event for event in of(Sample, events(run)) if event.command]


@pytest.mark.parametrize("kind", ["stop", "pause"])
def test_what_is_asked_while_the_trainer_starts_is_obeyed(run: Run, kind: str) -> None:
    sent: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, State) and event.state == "starting":
            sent.append(send(run, kind))
        elif isinstance(event, State) and event.state == "paused":
            send(run, "stop")

    assert live(run, hear) == 0
    assert answers(run)[sent[0]].ok
    assert states(run)[-1] == "stopped"
    assert events(run)[-1].step <= 1


def test_a_long_list_of_old_commands_is_old_to_its_end(run: Run) -> None:
    assert live(run, at_step(3, lambda: send(run, "stop"))) == 0
    stale = [send(run, "stop") for _ in range(30)]
    with mock.patch.object(follower, "MOST_READ", 64):
        assert live(run) == 0
    assert states(run)[-1] == "finished"
    assert not any(answers(run)[identity].ok for identity in stale)


def test_a_change_promised_for_the_next_epoch_survives_a_kill_and_is_made_once(
    store: Store,
) -> None:
    run = new_run(store, epochs=3, steps=0, checkpoint_every=10)
    sent: list[str] = []
    ask = at_step(15, lambda: sent.append(send(run, "set", changes={"learning_rate": 0.5})))

    def hear(event: Event) -> None:
        ask(event)
        if event.step == 25:
            raise Killed

    live(run, hear)
    assert answers(run)[sent[0]].ok
    assert not changes(run)
    for _ in range(2):  # the second time it ends at once
        assert live(run) == 0
    (only,) = of(HyperparametersChanged, events(run))
    assert only.command == sent[0]
    assert only.epoch == pytest.approx(1.0)
    assert list(answers(run)) == sent
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.5


@pytest.mark.parametrize("moment", [Answer, HyperparametersChanged])
def test_a_change_lost_with_a_kill_before_its_checkpoint_is_made_again(
    run: Run, moment: type[Event]
) -> None:
    sent: list[str] = []
    ask = at_step(
        7, lambda: sent.append(send(run, "set", changes={"learning_rate": 0.5}, when="now"))
    )

    def hear(event: Event) -> None:
        ask(event)
        if isinstance(event, moment):
            raise Killed

    live(run, hear)
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.006
    assert live(run) == 0
    assert list(answers(run)) == sent
    assert changes(run)[-1] == (6, 0.5)
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.5


def test_a_change_lost_at_its_epoch_is_made_again_whatever_was_saved_before_that_comes(
    store: Store,
) -> None:
    run = new_run(store, epochs=2, checkpoint_every=25)
    ask = at_step(15, lambda: send(run, "set", changes={"learning_rate": 0.5}))
    assert live(run, both(ask, killed_at(lambda e: isinstance(e, HyperparametersChanged)))) is None
    (lost,) = changes(run)
    save = at_step(lost[0] - 2, lambda: send(run, "checkpoint"))
    assert live(run, both(save, killed_at(lambda e: isinstance(e, CheckpointSaved)))) is None
    assert live(run) == 0
    assert changes(run) == [lost, lost]
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.5


def test_a_change_that_was_refused_makes_none_void_that_waits(store: Store) -> None:
    run = new_run(store, epochs=2)
    first = both(
        at_step(15, lambda: send(run, "set", changes={"learning_rate": 0.5})),
        at_step(16, lambda: send(run, "set", changes={"learning_rate": -1.0}, when="now")),
        killed_at(lambda event: event.step == 20),
    )
    assert live(run, first) is None
    assert [answer.ok for answer in answers(run).values()] == [True, False]
    assert live(run) == 0
    assert [value for _, value in changes(run)] == [0.5]


def test_what_is_no_command_among_what_was_asked_while_nobody_trained_is_passed_over(
    run: Run,
) -> None:
    assert live(run, at_step(5, lambda: send(run, "stop"))) == 0
    with (run.path / FILE).open("ab") as file:
        file.write(b"no command\n")
    send(run, "set", changes={"learning_rate": 0.5}, when="now")
    assert live(run) == 0
    assert changes(run) == [(5, 0.5)]


@pytest.mark.parametrize(("gone", "made_again_at"), [((8,), []), ((7, 8), [4, 4])])
def test_a_change_that_only_checkpoints_knew_that_are_gone_is_made_again(
    store: Store, gone: tuple[int, ...], made_again_at: list[int]
) -> None:
    run = new_run(store, steps=12, checkpoint_every=4, validate_every=0)
    sent: list[str] = []
    change = {"learning_rate": 0.25}
    ask = at_step(7, lambda: sent.append(send(run, "set", changes=change, when="now")))
    live(run, both(ask, killed_at(lambda event: event.step == 10)))
    for path in (last(run), *(numbered_path(run.checkpoints, step) for step in gone)):
        path.unlink()
    # Killed once more before a checkpoint knows of it.
    live(run, killed_at(lambda event: isinstance(event, HyperparametersChanged)))
    live(run)
    assert states(run)[-1] == "finished"
    told = of(HyperparametersChanged, events(run))
    assert [event.step for event in told] == [7, *made_again_at]
    assert all(event.changed for event in told)
    assert list(answers(run)) == sent
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.25


def test_a_change_that_a_checkpoint_knows_is_not_made_again(run: Run) -> None:
    ask = at_step(5, lambda: send(run, "set", changes={"learning_rate": 0.5}, when="now"))
    later = at_step(6, lambda: send(run, "set", changes={"learning_rate": 0.25}, when="now"))

    def hear(event: Event) -> None:
        ask(event)
        later(event)
        if event.step == 7:
            raise Killed

    live(run, hear)
    assert live(run) == 0
    assert changes(run) == [(5, 0.5), (6, 0.25)]
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.25


def test_lost_changes_are_made_again_in_their_order_and_the_latest_wish_wins(run: Run) -> None:
    def ask() -> None:
        for rate in (0.5, 0.25):
            send(run, "set", changes={"learning_rate": rate}, when="now")

    begin = at_step(5, ask)

    def hear(event: Event) -> None:
        begin(event)
        if isinstance(event, HyperparametersChanged):
            raise Killed

    live(run, hear)
    send(run, "set", changes={"learning_rate": 0.125}, when="now")
    assert live(run) == 0
    assert [rate for _, rate in changes(run)] == [0.5, 0.5, 0.25, 0.125]
    assert read_header(last(run)).hyperparameters["learning_rate"] == 0.125


def test_a_change_that_a_later_one_made_void_stays_void_after_a_resume(store: Store) -> None:
    run = new_run(store, epochs=2, steps=0, checkpoint_every=10)
    waits = at_step(5, lambda: send(run, "set", changes={"learning_rate": 0.5, "dropout": 0.25}))
    now = at_step(
        7, lambda: send(run, "set", changes={"learning-rate": 0.125}, when="now", by="later")
    )
    stop = at_step(15, lambda: send(run, "stop"))

    def hear(event: Event) -> None:
        for each in (waits, now, stop):
            each(event)

    assert live(run, hear) == 0
    assert live(run) == 0
    made = [event.changed for event in of(HyperparametersChanged, events(run)) if event.changed]
    assert made == [{"learning_rate": [0.006, 0.125]}, {"dropout": [0.0, 0.25]}]
    learnt = read_header(last(run)).hyperparameters
    assert (learnt["learning_rate"], learnt["dropout"]) == (0.125, 0.25)


def test_a_change_that_was_refused_is_not_made_by_the_next_life(store: Store) -> None:
    run = new_run(store, steps=12)

    def stop_and_change() -> None:
        send(run, "stop")
        send(run, "set", changes={"dropout": 0.2}, when="now")

    assert live(run, at_step(5, stop_and_change)) == 0
    assert [answer.ok for answer in answers(run).values()] == [True, False]
    assert live(run) == 0
    assert of(HyperparametersChanged, events(run)) == []
