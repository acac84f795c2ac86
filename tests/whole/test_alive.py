"""What is shown as alive is alive; what is dead is flagged within two seconds, with a reason."""

import contextlib
import os
import signal
from pathlib import Path

import msgspec
import pytest

from corpora.errors import ReportedError
from gru_tui.runs import death, launch, lock, trainer_log
from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from gru_tui.runs.summary import INTERRUPTED, Summary
from gru_tui.runs.text import FILE as TEXT_FILE
from tests.app.on_train import OnTrain
from tests.app.waiting import until as until_shown
from tests.commands.program import Program
from tests.runs.making import kill, new_run, processes, until
from tests.whole import aliveness


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_killed_trainer_is_flagged_within_two_seconds_with_the_signal(
    store: Store, number: int
) -> None:
    aliveness.killed(store, number, orphan=False, processes_=2, pause=0.1)


def test_a_trainer_that_nobody_watched_is_flagged_as_well(store: Store) -> None:
    aliveness.killed(store, signal.SIGKILL, orphan=True, processes_=1, pause=0.0)


def test_a_trainer_whose_text_is_cut_short_names_that_where_nobody_watched(store: Store) -> None:
    run = aliveness.started(store, orphan=True)
    try:
        os.truncate(run.path / TEXT_FILE, 0)
        until(lambda: not run.is_alive(), "the end")
        seen = Summary(run)
        assert seen.reason == (
            "killed by SIGBUS: a file that it reads, as text.ids, was cut short, or the disk fails"
        )
        # Of the next life, which a fault of another one's does not explain.
        with lock.take(run.path):
            death.record_birth(run.path)
        assert Summary(run).reason == "killed: it ended without a word"
    finally:
        kill(run)


def test_a_place_in_the_log_that_cannot_be_is_none(store: Store) -> None:
    run = new_run(store)
    (run.path / trainer_log.FILE).write_text("Fatal Python error: Bus error\n")
    (run.path / death.BIRTH).write_text(f'{{"pid": 1, "time": 1.0, "log": {1 << 63}}}')
    assert Summary(run).reason == "killed: it ended without a word"
    (run.path / trainer_log.FILE).unlink()
    os.mkfifo(run.path / trainer_log.FILE)
    (run.path / death.BIRTH).write_text('{"pid": 1, "time": 1.0}')
    assert Summary(run).reason == "killed: it ended without a word"


def test_a_trainer_that_fails_says_why(store: Store) -> None:
    run = new_run(store)
    (run.path / TEXT_FILE).unlink()
    with contextlib.suppress(ReportedError):  # it may end before it is seen to live
        launch.start(run)
    until(lambda: Summary(run).state == "failed", "the end", seconds=20)
    seen = Summary(run)
    assert "text.ids is missing or damaged" in seen.reason


def test_what_the_kernel_ends_for_want_of_memory_is_told_apart(store: Store) -> None:
    said = aliveness.ended_for_want_of_memory(store)
    assert "killed" in said
    assert "out of memory" in said


def test_a_process_id_that_somebody_else_has_now_is_not_taken_for_the_run(store: Store) -> None:
    run = new_run(store)
    with lock.take(run.path):
        death.record_birth(run.path)  # with the id of this very process, which lives on
    seen = Summary(run)
    assert not seen.alive
    assert (seen.state, seen.reason) == (INTERRUPTED, "killed: it ended without a word")


def test_a_machine_that_was_restarted_is_the_reason(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = new_run(store)
    death.record_birth(run.path)
    (tmp_path / "boot").write_text("another one\n")
    monkeypatch.setattr(death, "BOOT", tmp_path / "boot")
    assert Summary(run).reason == "the machine was restarted"


@pytest.mark.parametrize("damage", [b"", b"{", b'{"pid": "1"}', b"\xff", b"[" * 5000])
def test_a_damaged_note_about_a_birth_is_none(store: Store, damage: bytes) -> None:
    run = new_run(store)
    (run.path / death.BIRTH).write_bytes(damage)
    assert Summary(run).reason == ""


def test_a_note_about_a_birth_leads_to_no_file_of_a_strangers_choice(
    store: Store, tmp_path: Path
) -> None:
    run = new_run(store)
    chosen = tmp_path / "memory.events"
    chosen.write_text("oom_kill 5\n")
    around = f"/sys/fs/cgroup/../../..{chosen}"
    kills = dict.fromkeys([str(chosen), around, "\0", "/sys/fs/cgroup/\0/memory.events"], 0)
    note = death.Birth(1, 1.0, kills=kills)
    (run.path / death.BIRTH).write_bytes(msgspec.json.encode(note))
    assert Summary(run).reason == "killed: it ended without a word"


@pytest.mark.parametrize("state", ["running", "paused"])
def test_a_stopped_trainer_is_silent_and_not_dead(
    store: Store, program: Program, state: str
) -> None:
    aliveness.stopped_is_silent_not_dead(store, program, state=state)


def test_a_paused_trainer_is_not_silent(store: Store) -> None:
    run = aliveness.started(store)
    try:
        send(run, "pause")
        until(lambda: run.state() == "paused", "the pause")
        aliveness.backdate(run)
        until(lambda: Summary(run).silent_seconds == 0, "a sign of life", seconds=2)
    finally:
        kill(run)


async def test_the_app_shows_silence_and_then_the_death(store: Store) -> None:
    run = aliveness.started(store)
    app = OnTrain(store.folder.parent)
    try:
        async with app.run_test(size=(80, 24)) as pilot:
            await until_shown(pilot, lambda: "loss" in app.status, "the figures")
            os.kill(processes(run)[0], signal.SIGSTOP)
            aliveness.backdate(run)
            await until_shown(pilot, lambda: "no news for" in app.status, "the silence")
            assert app.state == "running"
            kill(run)
            await until_shown(pilot, lambda: "goes on (killed by SIGKILL" in app.hint, "the death")
            assert app.state == INTERRUPTED
            assert "no news" not in app.status
    finally:
        kill(run)
