"""Whether a run is alive: one trainer at most, and looking disturbs nobody."""

import contextlib
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from corpora.errors import ReportedError
from gru_tui.runs import lock
from gru_tui.runs.store import Store
from tests.runs.making import until
from tests.runs.racing import race

HOLDER = """
import sys
from pathlib import Path
from gru_tui.runs import lock
with lock.take(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextlib.contextmanager
def holder(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process that holds the lock."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_lock_is_held_until_its_process_is_gone_however_it_goes(tmp_path: Path) -> None:
    assert not lock.is_held(tmp_path)
    with holder(tmp_path) as process:
        assert lock.is_held(tmp_path)
        process.kill()
        process.wait()
        assert not lock.is_held(tmp_path)
    with lock.take(tmp_path):
        assert lock.is_held(tmp_path)
        assert (tmp_path / lock.FILE).stat().st_mode & 0o077 == 0
    assert not lock.is_held(tmp_path)


def test_a_second_trainer_is_refused_at_once(tmp_path: Path) -> None:
    with holder(tmp_path):
        began = time.monotonic()
        with pytest.raises(ReportedError, match="is being trained by another process already"):
            lock.take(tmp_path)
        assert time.monotonic() - began < lock.PATIENCE / 2


def test_a_place_that_cannot_be_locked_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(ReportedError, match="gone is gone"):
        lock.take(tmp_path / "gone")
    assert not (tmp_path / "gone").exists()
    (tmp_path / lock.FILE).mkdir()
    with pytest.raises(ReportedError, match=r"trainer\.lock cannot be locked"):
        lock.take(tmp_path)
    assert not lock.is_held(tmp_path)


def test_a_lock_that_cannot_be_looked_at_counts_as_held(tmp_path: Path) -> None:
    assert not lock.is_held(tmp_path / "gone")
    with lock.take(tmp_path):
        before = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))  # no file can be opened
        try:
            held = lock.is_held(tmp_path)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
        assert held
    assert not lock.is_held(tmp_path)


def test_a_lock_that_belongs_to_somebody_else_is_no_trainer_to_wait_for(stranger: Path) -> None:
    (stranger / lock.FILE).touch(mode=0)
    assert not lock.is_held(stranger)
    with pytest.raises(ReportedError, match=r"cannot be locked \(Permission denied\)"):
        lock.take(stranger)


def test_who_looks_neither_disturbs_a_start_nor_sees_others_looking(tmp_path: Path) -> None:
    (tmp_path / lock.FILE).touch()
    stop, seen = threading.Event(), []

    def look() -> None:
        while not stop.is_set():
            seen.append(lock.is_held(tmp_path))

    def longer(count: int) -> bool:
        return len(seen) > count

    with ThreadPoolExecutor(3) as pool:
        lookers = [pool.submit(look) for _ in range(3)]
        try:
            until(partial(longer, 500), "many looks")
            assert not any(seen)
            for _ in range(50):
                # Asked from here: a looker that was held up tells late what it saw before.
                with lock.take(tmp_path):
                    assert lock.is_held(tmp_path)
                assert not lock.is_held(tmp_path)
                until(partial(longer, len(seen)), "a look in between")
        finally:
            stop.set()
        for looker in lookers:
            looker.result()


def test_of_many_starts_at_once_exactly_one_trains(store: Store) -> None:
    race(store, starts=4)
