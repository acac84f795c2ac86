"""What is said when a run does not answer, with a lock that is held for its trainer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from corpora.errors import ReportedError
from engine.events import State
from gru_tui.commands import asking
from gru_tui.runs import lock
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.app.runs_on_disk import new_run, write


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A run that lives and says nothing."""
    monkeypatch.setattr(asking, "PATIENCE", 0.0)
    run = new_run(Store(tmp_path))
    held = lock.take(run.path)
    yield run
    held.release()


def test_a_run_that_waits_for_room_is_not_said_to_be_in_a_long_step(silent: Run) -> None:
    write(silent.path, State(time=1.0, step=5, state="paused", reason="a full disk"))
    with pytest.raises(ReportedError, match=r"not answered for 0 seconds; it is paused: a full d"):
        asking.Question(silent, "resume").answer()


def test_a_run_that_trains_may_be_in_a_long_step(silent: Run) -> None:
    write(silent.path, State(time=1.0, step=5, state="running"))
    with pytest.raises(ReportedError, match="it may be in a long step"):
        asking.Question(silent, "set").answer()
