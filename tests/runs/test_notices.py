"""What is told of a run, to the terminal and to a command of the user's."""

import json
import math
import os
import sys
import time
from pathlib import Path

import pytest

from engine.events import (
    Event,
    HyperparametersChanged,
    Rollback,
    RunStarted,
    State,
    Validation,
    Warned,
)
from gru_tui.runs import launch
from gru_tui.runs.notices import PLATEAU, Notices, sequence
from gru_tui.runs.notifier import Notifier
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.runs.living import live
from tests.runs.making import events, new_run, of, states, until

RECORDER = """
import json, os, sys
with open(sys.argv[1], "a") as file:
    names = ("GRU_TUI_RUN", "GRU_TUI_EVENT", "GRU_TUI_MESSAGE")
    print(json.dumps([sys.argv[2:], *(os.environ[name] for name in names)]), file=file)
"""


@pytest.fixture
def run(store: Store) -> Run:
    return new_run(store, steps=6, validate_every=2)


def configure(folder: Path, patch: pytest.MonkeyPatch, *command: str) -> None:
    path = folder / "config.toml"
    path.write_text(f"[notify]\ncommand = {json.dumps(command)}\n")
    patch.setenv("GRU_TUI_CONFIG", str(path))


def validation(step: int, loss: float, *, best: bool) -> Validation:
    return Validation(step=step, loss=loss, perplexity=1, bits_per_character=1, best=best)


def test_each_event_of_note_is_told_once() -> None:
    notices = Notices("amber-fox")
    told = [notices.take(validation(1, 2.5, best=True))]
    told += [notices.take(validation(n, 2.6, best=False)) for n in range(PLATEAU + 3)]
    found = [notice for notice in told if notice is not None]
    assert [notice.kind for notice in found] == ["plateau"]
    assert "none better than the best (2.5000)" in found[0].message
    rollback = notices.take(Rollback(to_step=3, reason="training diverged", learning_rate=0.1))
    failed = notices.take(State(state="failed", reason="no\n\x1b]0;room\a"))
    finished = notices.take(State(state="finished", step=9))
    assert rollback is not None
    assert failed is not None
    assert finished is not None
    assert (rollback.kind, failed.kind, finished.kind) == ("diverged", "failed", "finished")
    assert failed.message.isprintable()
    assert "\x1b" not in failed.message
    assert notices.take(State(state="stopped")) is None


@pytest.mark.parametrize(
    "begin",
    [
        RunStarted(hyperparameters={"patience": 2}),
        HyperparametersChanged(changed={"patience": [0, 2]}),
    ],
)
def test_a_plateau_is_as_long_as_the_runs_own_patience_and_each_is_told(begin: Event) -> None:
    notices = Notices("amber-fox")
    events = [begin, HyperparametersChanged(changed={"dropout": [0.0, 0.5]})]
    for first, best in ((1, 2.5), (5, 2.25)):
        worse = (validation(first + n, 2.6, best=False) for n in range(1, 4))
        events += [validation(first, best, best=True), *worse]
    told = [notice.message if (notice := notices.take(event)) else "" for event in events]
    words = "gru-tui: amber-fox has a plateau: 2 validations, none better than the best"
    assert told == ["", "", "", "", f"{words} (2.5000)", "", "", "", f"{words} (2.2500)", ""]


@pytest.mark.parametrize(
    ("best", "words"), [(2.5, ", best validation loss 2.5000"), (math.inf, "")]
)
def test_who_begins_to_listen_later_is_told_how_things_stood(best: float, words: str) -> None:
    notices = Notices("amber-fox")
    notices.stand_at(4, 3, best)
    plateau = notices.take(validation(5, 2.6, best=False))
    finished = notices.take(State(state="finished", step=1009))
    assert plateau is not None
    assert plateau.kind == "plateau"
    assert finished is not None
    assert finished.message == f"gru-tui: amber-fox has finished at step 1,009{words}"


def test_the_terminal_gets_only_what_was_asked_for() -> None:
    assert sequence("a\x07b", bell=False, osc9=False) == ""
    assert sequence("a\x07b", bell=True, osc9=False) == "\a"
    assert sequence("a\x07\nb", bell=False, osc9=True) == "\x1b]9;a␇ b\x1b\\"


def test_the_users_command_is_told_how_a_run_ended(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard"
    run.rename("$(touch pwned); `x`")
    configure(tmp_path, monkeypatch, sys.executable, "-c", RECORDER, str(heard))
    assert live(run) == 0
    (line,) = [json.loads(line) for line in heard.read_text().splitlines()]
    (message,), run_id, kind, same = line
    assert (run_id, kind, same) == (run.id, "finished", message)
    assert message.startswith("gru-tui: $(touch pwned); `x` has finished at step 6")
    assert not list(tmp_path.rglob("pwned"))
    assert not of(Warned, events(run))


def test_a_configuration_by_a_relative_path_is_the_trainers_too(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tmp_path / "heard"
    configure(tmp_path, monkeypatch, sys.executable, "-c", RECORDER, str(heard))
    monkeypatch.setenv("GRU_TUI_CONFIG", "config.toml")
    monkeypatch.chdir(tmp_path)
    run = new_run(store, steps=2)
    launch.start(run)
    until(lambda: not run.is_alive(), "the end")
    assert "has finished at step 2" in heard.read_text()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("/nowhere/such-a-thing",), "could not be started"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "exit status 3"),
    ],
)
def test_a_command_that_fails_is_a_warning_and_no_more(
    run: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    words: str,
) -> None:
    configure(tmp_path, monkeypatch, *command)
    assert live(run) == 0
    assert states(run)[-1] == "finished"
    (warning,) = of(Warned, events(run))
    assert words in warning.message


def test_a_damaged_configuration_is_a_warning_and_no_more(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[notify]\ncommand = 3\n")
    monkeypatch.setenv("GRU_TUI_CONFIG", str(path))
    assert live(run) == 0
    (warning,) = of(Warned, events(run))
    assert "config.toml, line 2" in warning.message


def test_a_command_that_hangs_is_ended_at_its_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = tmp_path / "pid"
    code = f"import os, time; open({str(noted)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    configure(tmp_path, monkeypatch, sys.executable, "-c", code)
    told: list[Event] = []
    notifier = Notifier("261125-1", Notices("amber-fox"), told.append, limit=1.5)
    notifier.hear(State(state="finished"))
    begun = time.monotonic()
    notifier.close()
    assert time.monotonic() - begun < 10
    (warning,) = of(Warned, told)  # type: ignore[arg-type]
    assert "took more than 1.5 seconds" in warning.message
    if noted.exists() and noted.read_text():
        with pytest.raises(ProcessLookupError):
            os.kill(int(noted.read_text()), 0)
