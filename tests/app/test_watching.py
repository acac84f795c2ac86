"""A watcher at work on a long run: what it shows while it reads, and that it stops when told."""

import errno
import os
import threading
import time
from pathlib import Path

import pytest

from engine.events import State, encode
from gru_tui import watching
from gru_tui.context import Context
from gru_tui.curves.digest import FILE
from gru_tui.curves.thinning import View
from gru_tui.panes.messages import CurvesDrawn, News, NotesArrived, RunGone, RunSeen, Told
from gru_tui.runs.store import Store
from gru_tui.watching import Watcher
from tests import long_run
from tests.app.made_up_run import made_up_run
from tests.app.waiting import PATIENCE

LINES = 60_000  # some twelve megabytes


class Watched:
    """Collects what a watcher says, and stops it when all has been read and drawn."""

    def __init__(self, data_dir: Path, run_id: str, stop_at: type[News] | None = None) -> None:
        self.news: list[News] = []
        self._stop_at = stop_at
        self.watcher = Watcher(Context(data_dir), run_id, self._take)
        self.watcher.want(View(columns=50))

    def _take(self, news: News) -> None:
        self.news.append(news)
        told = any(isinstance(earlier, NotesArrived) for earlier in self.news)
        if (told and isinstance(news, CurvesDrawn)) or (
            self._stop_at is not None and isinstance(news, self._stop_at)
        ):
            self.watcher.stop()

    @property
    def ends(self) -> list[float]:
        """How far the curves reached."""
        return [news.curves.end for news in self.news if isinstance(news, CurvesDrawn)]


@pytest.fixture
def run_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(watching, "REDRAW", 0)
    run = made_up_run(Store(tmp_path))
    long_run.write(run.events, LINES)
    with run.events.open("ab") as file:
        file.write(encode(State(state="finished", step=LINES * 6)))
    return run.id


def test_the_curve_grows_while_a_long_run_is_read_and_is_there_at_once_the_next_time(
    tmp_path: Path, run_id: str
) -> None:
    first = Watched(tmp_path, run_id)
    first.watcher.follow()
    assert len(first.ends) > 3
    assert first.ends == sorted(first.ends)
    assert first.ends[-1] == LINES * 6
    kinds = [type(news) for news in first.news if not isinstance(news, CurvesDrawn)]
    assert kinds == [RunSeen, NotesArrived]
    assert (tmp_path / "runs" / run_id / FILE).exists()
    again = Watched(tmp_path, run_id)
    again.watcher.follow()
    assert again.ends == [LINES * 6]
    seen, known = (next(n for n in w.news if isinstance(n, RunSeen)) for w in (first, again))
    assert seen.picture.step == known.picture.step == LINES * 6
    assert seen.picture.state == known.picture.state == "finished"


def test_a_watcher_that_is_told_to_stop_reads_no_further(tmp_path: Path, run_id: str) -> None:
    watched = Watched(tmp_path, run_id, stop_at=CurvesDrawn)
    watched.watcher.follow()
    assert len(watched.ends) == 1
    assert watched.ends[0] < LINES * 6
    assert not any(isinstance(news, RunSeen) for news in watched.news)


def test_a_folder_that_may_not_be_looked_at_is_told_once_an_outage_and_followed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LOOK", 0.001)
    folder, stat = made_up_run(Store(tmp_path)).path, Path.stat
    looks = [*[False] * 5, True, True, *[False] * 5]  # True: the folder answers

    def guarded(path: Path, **details: bool) -> os.stat_result:
        is_seen = any(isinstance(news, RunSeen) for news in watched.news)
        if path == folder and is_seen and looks and not looks.pop(0):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return stat(path, **details)

    watched = Watched(tmp_path, folder.name)
    watched.watcher.want(None)  # so that it goes on until it is stopped
    monkeypatch.setattr(Path, "stat", guarded)
    following = threading.Thread(target=watched.watcher.follow)
    following.start()
    deadline = time.monotonic() + PATIENCE
    while looks and time.monotonic() < deadline:
        time.sleep(0.01)
    watched.watcher.stop()
    following.join(PATIENCE)
    assert not following.is_alive()
    told = [news.text for news in watched.news if isinstance(news, Told)]
    assert told == [f"{folder} cannot be looked at (Permission denied)."] * 2
    assert not any(isinstance(news, RunGone) for news in watched.news)
