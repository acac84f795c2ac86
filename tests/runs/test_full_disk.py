"""A disk that is full at a checkpoint or an event: the run waits, and loses nothing."""

import os
import resource
import signal
from collections.abc import Callable

import pytest

from engine.checkpoint import read_header
from engine.events import State, Step, Warned
from gru_tui.runs import training
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.living import at_step, both, live, on_pause
from tests.runs.making import answers, digest, events, last, new_run, of, states


@pytest.fixture
def run(store: Store) -> Run:
    return new_run(store, steps=12, checkpoint_every=6, sample_every=1000)


@pytest.fixture
def limit() -> "Callable[[int], None]":
    """Sets how large a file of this process may become; -1 is no bound."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def choose(size: int) -> None:
        soft = before[0] if size < 0 else size
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, before[1]))

    return choose


@pytest.fixture
def undisturbed(store: Store) -> str:
    """What such a run ends with when nothing happens to it."""
    run = new_run(store, steps=12, checkpoint_every=6, sample_every=1000)
    assert live(run) == 0
    return digest(last(run))


ROOM_FOR_EVENTS = 20_000  # bytes: less than a checkpoint of this model


def test_a_full_disk_at_a_checkpoint_pauses_and_resume_goes_on_with_the_same_bits(
    run: Run, limit: Callable[[int], None], undisturbed: str
) -> None:
    sent: list[str] = []
    older: list[int] = []

    def on_a_full_disk() -> None:
        older.append(read_header(last(run)).step)
        if sent:
            limit(-1)
        sent.append(send(run, "resume"))

    hear = both(at_step(3, lambda: limit(ROOM_FOR_EVENTS)), on_pause(on_a_full_disk))
    try:
        assert live(run, hear) == 0
    finally:
        limit(-1)
    found = answers(run)
    assert [found[identity].ok for identity in sent] == [False, True]
    assert "could not be written (File too large)" in found[sent[0]].message
    paused = [event for event in of(State, events(run)) if event.state == "paused"]
    assert [event.step for event in paused] == [6, 6]
    assert all("make room, then resume" in event.reason for event in paused)
    assert older == [0, 0]
    assert digest(last(run)) == undisturbed
    assert not list(run.checkpoints.glob(".*"))


def test_a_stop_that_cannot_save_is_refused_and_holds_on_to_what_was_learnt(
    run: Run, limit: Callable[[int], None], undisturbed: str
) -> None:
    sent: list[str] = []

    def make_room() -> None:
        limit(-1)
        send(run, "resume")

    def fill_and_stop() -> None:
        limit(ROOM_FOR_EVENTS)
        sent.append(send(run, "stop"))

    try:
        assert live(run, both(at_step(3, fill_and_stop), on_pause(make_room))) == 0
    finally:
        limit(-1)
    assert not answers(run)[sent[0]].ok
    assert states(run) == ["starting", "running", "paused", "running", "finished"]
    assert digest(last(run)) == undisturbed


def test_a_run_that_cannot_write_its_events_waits_and_loses_no_line(
    run: Run,
    limit: Callable[[int], None],
    undisturbed: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[float] = []

    class Clock:
        """Room is made at the second look."""

        @staticmethod
        def sleep(seconds: float) -> None:
            waits.append(seconds)
            if len(waits) == 2:
                limit(-1)

    monkeypatch.setattr(training, "time", Clock)

    def ask_and_fill() -> None:
        send(run, "sample")
        limit(run.events.stat().st_size + 30)

    try:
        assert live(run, at_step(7, ask_and_fill)) == 0
    finally:
        limit(-1)
    assert waits == [training.RETRY] * 2
    found = events(run)
    assert not [event for event in of(Warned, found) if "damaged" in event.message]
    assert [event for event in of(Warned, found) if "the run has waited" in event.message]
    assert sum(event.count for event in of(Step, found)) == 12
    assert states(run) == ["starting", "running", "paused", "running", "finished"]
    assert digest(last(run)) == undisturbed


def test_sigterm_ends_a_run_that_can_write_nothing_any_more(
    run: Run, limit: Callable[[int], None], undisturbed: str
) -> None:
    def fill_and_end() -> None:
        limit(run.events.stat().st_size + 30)
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        assert live(run, at_step(7, fill_and_end)) == 0
    finally:
        limit(-1)
    assert run.state() == "interrupted"  # its last words had no room
    assert read_header(last(run)).step == 6
    assert live(run) == 0
    assert digest(last(run)) == undisturbed


def test_sigterm_ends_a_run_that_waits_for_room(
    run: Run, limit: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    class Clock:
        """The signal comes at the first look, and there is no other."""

        @staticmethod
        def sleep(seconds: float) -> None:
            assert not waits
            waits.append(seconds)
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(training, "time", Clock)
    try:
        assert live(run, at_step(7, lambda: limit(run.events.stat().st_size + 30))) == 0
    finally:
        limit(-1)
    assert waits == [training.RETRY]
    assert run.state() == "interrupted"


def test_sigterm_ends_a_run_that_cannot_save_and_says_what_is_lost(
    run: Run, limit: Callable[[int], None]
) -> None:
    def fill_and_end() -> None:
        limit(ROOM_FOR_EVENTS)
        os.kill(os.getpid(), signal.SIGTERM)

    try:
        assert live(run, at_step(7, fill_and_end)) == 0
    finally:
        limit(-1)
    final = of(State, events(run))[-1]
    assert final.state == "stopped"
    assert final.reason.startswith("ended by SIGTERM; the checkpoint ")
    assert "could not be written (File too large)" in final.reason
