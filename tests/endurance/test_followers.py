"""Row 5: every viewer sees every event once, in order, whenever it comes and however it is held."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.events import Warned
from gru_tui.runs.journal import Journal
from tests.commands.program import CHECKOUT
from tests.endurance.conftest import Figure

VIEWER = """
import sys, time
from pathlib import Path
from gru_tui.runs.follower import Follower

follower, last = Follower(Path(sys.argv[1])), None
print("ready", flush=True)
while last != sys.argv[2]:
    for event in follower.poll():
        last = event.message
        print(last, flush=True)
    time.sleep(0.01)
"""


def viewer(path: Path, last: int, into: Path) -> "subprocess.Popen[bytes]":
    """A process that follows until that event, and writes down what it sees."""
    with into.open("wb") as file:
        return subprocess.Popen(
            [sys.executable, "-c", VIEWER, str(path), str(last)], stdout=file, cwd=CHECKOUT
        )


@pytest.mark.parametrize("rate", [200])
@pytest.mark.rounds(short=600, long=10_000)
def test_three_viewers_see_every_event_once_and_in_order(
    tmp_path: Path, rounds: int, rate: int, figure: Figure
) -> None:
    path, last = tmp_path / "events.jsonl", rounds - 1
    viewers = [viewer(path, last, tmp_path / name) for name in ("steady", "suspended")]
    pen, began = Journal(path), time.monotonic()
    try:
        for number in range(rounds):
            if number == rounds // 4:
                viewers[1].send_signal(signal.SIGSTOP)
            if number == rounds // 3:
                viewers.append(viewer(path, last, tmp_path / "late"))
            if number == rounds * 3 // 4:
                viewers[1].send_signal(signal.SIGCONT)
            pen.record(Warned(message=str(number)))
            time.sleep(max(0.0, began + number / rate - time.monotonic()))
        seconds = time.monotonic() - began
        for process in viewers:
            assert process.wait(60) == 0
    finally:
        pen.close()
        for process in viewers:
            process.kill()
    expected = ["ready", *map(str, range(rounds))]
    for name in ("steady", "suspended", "late"):
        assert (tmp_path / name).read_text().split() == expected, name
    figure(
        f"row 5: {rounds:,} events at {rounds / seconds:.0f} a second, seen once and in order by 3 "
        "of 3 viewers"
    )
