"""Row 15: a run of days keeps small files, and whoever looks on for long keeps a small app."""

import math
import os
import random
import statistics
import time
from pathlib import Path

import pytest

from engine.events import State, Step, encode
from gru_tui.runs import journal, launch, trainer_log
from gru_tui.runs.journal import Journal, interval
from gru_tui.runs.store import Store
from tests import long_run
from tests.endurance.conftest import Figure
from tests.runs.making import kill, new_run, until
from tests.whole.terminal import Terminal

DAY, WEEK = 86_400, 604_800  # seconds
MOST_OF_A_WEEK = 200_000_000  # bytes of steps
MOST_GROWTH = 20  # MB
ATTACHED = 2.0  # seconds
CTRL_Q = "\x11"


def step(number: int, seconds: float) -> Step:
    return Step(
        loss=1.234567,
        perplexity=3.436,
        learning_rate=0.00123456,
        gradient_norm=0.765432,
        characters_per_second=123456.789012,
        step=number,
        epoch=number / 1000,
        seconds=seconds,
        characters=number * 4096,
        memory=123_456_789,
        time=1.79e9 + seconds,
    )


def lines_until(seconds: float) -> float:
    """How many lines about steps a run of that length has at most: an integral, in parts."""
    found, at = 0.0, 0.0
    while at < seconds:
        length = max(1.0, at * 0.01)
        found, at = found + length / interval(at), at + length
    return found


def test_a_week_of_steps_fits_and_no_chart_shows_the_difference() -> None:
    line = len(encode(step(400_000_000, WEEK)))
    assert lines_until(WEEK) * line < MOST_OF_A_WEEK
    assert lines_until(1_000) == pytest.approx(10_000, rel=0.01)
    for seconds in (1_000, 3_600, DAY, WEEK):
        assert interval(seconds) <= max(0.1, seconds / 5_000)  # finer than any chart's columns
    assert interval(0) == 0.1
    assert interval(WEEK) == 2.0


def test_lines_become_rarer_with_the_time_and_lose_no_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        now = 0.0

        def monotonic(self) -> float:
            return self.now

        def time(self) -> float:
            return self.now

    clock = Clock()
    monkeypatch.setattr(journal, "time", clock)
    counts = []
    for began in (0.0, 5_000.0, DAY):
        path = tmp_path / f"{began}.jsonl"
        pen = Journal(path)
        for number in range(1, 2001):  # twenty seconds
            clock.now += 0.01
            pen.record(step(number, began + number / 100))
        pen.close()
        found = path.read_bytes().splitlines()
        counts.append(len(found))
        assert sum(int(line.partition(b'"count":')[2].split(b",")[0]) for line in found) == 2000
    assert counts[0] > 150
    assert 38 <= counts[1] <= 42
    assert 10 <= counts[2] <= 12


def test_a_trainer_with_nothing_to_write_still_shows_that_it_lives(tmp_path: Path) -> None:
    pen = Journal(tmp_path / "events.jsonl")
    pen.record(State(state="running"))
    os.utime(tmp_path / "events.jsonl", (1, 1))
    pen.beat()
    assert (tmp_path / "events.jsonl").stat().st_mtime == 1  # it has just written
    pen._written_at -= journal.BEAT
    pen.beat()
    assert time.time() - (tmp_path / "events.jsonl").stat().st_mtime < 60


def test_a_log_keeps_its_end_while_it_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / trainer_log.FILE
    with path.open("ab", buffering=0) as log:
        for number in range(60_000):
            log.write(b"line %d of many\n" % number)
        before = path.stat().st_size
        trainer_log.trim(path)
        assert path.stat().st_size <= trainer_log.KEPT + 100 < trainer_log.MOST < before
        log.write(b"and on\n")
    said = path.read_bytes().splitlines()
    assert said[0] == trainer_log.CUT.strip()
    assert said[-2:] == [b"line 59999 of many", b"and on"]
    trainer_log.trim(path)
    assert path.read_bytes().splitlines() == said
    trainer_log.trim(tmp_path / "none")


def test_a_run_looks_after_its_log_and_its_checkpoints(store: Store) -> None:
    run = new_run(store, steps=400, epochs=0, checkpoint_every=20, keep_checkpoints=3)
    log = run.path / trainer_log.FILE
    log.write_bytes(b"chatter\n" * 400_000)
    launch.start(run)
    try:
        assert log.stat().st_size < trainer_log.MOST
        with log.open("ab") as file:
            file.write(b"chatter\n" * 400_000)
        until(lambda: not run.is_alive(), "the end", seconds=60)
        assert log.stat().st_size < trainer_log.MOST
        kept = sorted(int(path.stem[-8:]) for path in run.checkpoints.glob("step-*.safetensors"))
        assert len(kept) <= 3 + math.log2(400 / 20) + 2  # the newest, and those on the way
    finally:
        kill(run)


# --- at length ---


def resident(process: int) -> float:
    """MB of memory that a process holds."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096 / 1e6


@pytest.mark.endurance
@pytest.mark.timeout(0)
def test_the_app_opens_a_million_events_soon_and_in_little_memory(
    store: Store, figure: Figure
) -> None:
    run = new_run(store)
    long_run.write(run.events)
    seconds, sizes, redrawn = [], [], []
    for _ in range(3):  # the first one reads all and leaves a digest
        began = time.monotonic()
        terminal = Terminal(store.folder.parent)
        try:
            terminal.until_shown(run.name, "── training")
            seconds.append(time.monotonic() - began)
            sizes.append(resident(terminal.child.pid))
            for title in ("Perplexity", "Loss (nats") * 10:
                terminal.press("p")
                began = time.monotonic()
                terminal.until_shown(title)
                redrawn.append(1000 * (time.monotonic() - began))
            terminal.press(CTRL_Q)
            terminal.end()
        finally:
            terminal.kill()
    figure(
        f"row 15: a million events: the app's first picture after {seconds[0]:.1f} s the first "
        f"time and {min(seconds[1:]):.1f} s later, drawn anew {statistics.median(redrawn):.0f} ms "
        f"after a key; {max(sizes):.0f} MB"
    )
    assert min(seconds[1:]) < ATTACHED * max(1.0, os.getloadavg()[0])


@pytest.mark.endurance
@pytest.mark.timeout(0)
def test_a_long_look_does_not_make_the_app_grow(
    store: Store, request: pytest.FixtureRequest, figure: Figure
) -> None:
    minutes = float(request.config.getoption("--minutes"))
    run = new_run(
        store, steps=0, epochs=0, sample_every=200, sample_length=120, checkpoint_every=1000
    )
    launch.start(run)
    chance = random.Random(15)
    try:
        terminal = Terminal(store.folder.parent)
        try:
            terminal.until_shown("● running", "── training")
            early = 0.0
            began = time.monotonic()
            while (passed := time.monotonic() - began) < minutes * 60:
                terminal.press(chance.choice(("1", "2", "1", "p", "l", "e", "m")))
                moment = time.monotonic() + 2
                terminal.until(lambda at=moment: time.monotonic() > at, "two seconds")  # type: ignore[misc]
                if not early and passed > min(60.0, minutes * 15):  # all is loaded by then
                    early = resident(terminal.child.pid)
            growth = resident(terminal.child.pid) - early
            terminal.press(CTRL_Q)
            terminal.end()
        finally:
            terminal.kill()
        lines = run.events.read_bytes().count(b"\n")
        figure(
            f"row 15: a soak of {minutes:g} minutes over {lines:,} events: the app grew by "
            f"{growth:.1f} MB; events.jsonl has {run.events.stat().st_size / 1e6:.1f} MB"
        )
        assert growth < MOST_GROWTH
    finally:
        kill(run)
