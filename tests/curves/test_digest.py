"""The digest is a cache: it says what the events say, or it is not believed."""

import os
from pathlib import Path

import pytest

from engine.events import State, encode
from gru_tui.curves import digest
from gru_tui.curves.history import History
from gru_tui.curves.thinning import View
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Remembered, Summary
from tests import long_run
from tests.runs.living import live
from tests.runs.making import new_run

WHOLE = View(columns=50, second="update_ratio", cursor=900.0)


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("events") / "events.jsonl"
    long_run.write(path, 11_000)
    return path.read_bytes()


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: bytes) -> Run:
    monkeypatch.setattr(digest, "WORTH_IT", 1000)
    (tmp_path / "events.jsonl").write_bytes(events)
    return Run(tmp_path)


def read(run: Run) -> tuple[Summary, History, Remembered | None]:
    history = History()
    known = digest.opened(run, history)
    return Summary(run, lambda events: history.take(*events), known), history, known


def straight(run: Run) -> tuple[Summary, History]:
    history = History()
    return Summary(run, lambda events: history.take(*events)), history


def kept(run: Run) -> Path:
    digest.Keeper(run).refresh()
    return run.path / digest.FILE


def go_on(run: Run) -> None:
    """Something is lost, and done again."""
    lines = run.events.read_bytes().splitlines(keepends=True)
    with run.events.open("ab") as file:
        file.write(encode(State(state="running", step=12_000)) + b"".join(lines[2_010:7_000]))


def test_what_is_read_from_it_and_after_it_is_what_the_events_say(run: Run) -> None:
    assert kept(run).stat().st_mode & 0o077 == 0
    go_on(run)
    summary, history, known = read(run)
    other, whole = straight(run)
    assert known is not None
    assert history.curves(WHOLE) == whole.curves(WHOLE)
    assert history.take_notes() == whole.take_notes()
    assert list(history.moments) == list(whole.moments) != []
    assert list(history.checkpoints) == list(whole.checkpoints) != []
    assert summary.figures == other.figures
    assert summary.curve == other.curve
    assert summary.remembered().offset == run.events.stat().st_size


def test_a_summary_alone_goes_on_from_it_too(run: Run) -> None:
    assert digest.remembered(run) is None
    with run.events.open("ab") as file:
        file.write(b"damaged\n")
    kept(run)
    go_on(run)
    known = digest.remembered(run)
    assert known is not None
    assert known.offset > 0
    figures = Summary(run, remembered=known).figures
    assert figures == straight(run)[0].figures
    assert figures.skipped.count == 1


def test_it_is_written_again_only_when_that_is_worth_it(run: Run) -> None:
    path = kept(run)
    summary, history, known = read(run)
    assert known is not None
    keeper = digest.Keeper(run, known.offset)
    path.unlink()
    keeper.consider(summary, history)
    assert not path.exists()
    go_on(run)
    summary.update()
    keeper.consider(summary, history)
    assert path.exists()
    path.unlink()
    keeper.consider(summary, history)
    assert not path.exists()


def test_a_tenth_of_all_has_to_be_new(run: Run) -> None:
    size = run.events.stat().st_size
    for part, is_new in ((12, False), (8, True)):
        keeper = digest.Keeper(run, size - size // part)
        keeper.refresh()
        assert (run.path / digest.FILE).exists() == is_new


def test_a_torn_last_line_is_read_when_it_is_whole(run: Run) -> None:
    line = encode(State(state="paused", step=66_000))
    with run.events.open("ab") as file:
        file.write(line[:20])
    kept(run)
    with run.events.open("ab") as file:
        file.write(line[20:])
    summary, _, known = read(run)
    assert known is not None
    assert summary.figures.state == "paused"


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: b"",
        lambda data: data[:40],
        lambda data: data[:-1],
        lambda data: data[:3000] + b"?" + data[3001:],
        lambda data: os.urandom(200),
    ],
)
def test_a_damaged_one_is_not_believed(run: Run, harm: object) -> None:
    path = kept(run)
    assert callable(harm)
    path.write_bytes(harm(path.read_bytes()))
    summary, history, known = read(run)
    assert known is None
    other, whole = straight(run)
    assert history.curves(WHOLE) == whole.curves(WHOLE)
    assert summary.figures == other.figures


@pytest.mark.parametrize("change", ["shortened", "another beginning", "another end"])
def test_one_of_other_events_is_not_believed(run: Run, change: str) -> None:
    kept(run)
    data = run.events.read_bytes()
    if change == "shortened":
        run.events.write_bytes(data[: len(data) // 2])
    elif change == "another beginning":
        run.events.write_bytes(data.replace(b'"run":"long"', b'"run":"lung"', 1))
    else:
        run.events.write_bytes(data[:-20] + data[-20:].replace(b"7", b"8"))
        assert run.events.read_bytes() != data
    assert read(run)[2] is None


def test_one_of_another_program_is_not_believed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(run)
    monkeypatch.setattr(digest, "FORMAT", "gru-tui/digest/2")
    assert read(run)[2] is None


@pytest.mark.parametrize("rows", ["OF_STEPS", "OF_VALIDATIONS"])
def test_rows_of_another_kind_of_track_are_not_believed(
    run: Run, monkeypatch: pytest.MonkeyPatch, rows: str
) -> None:
    kept(run)
    monkeypatch.setattr(f"gru_tui.curves.history.{rows}", ("loss", "learning_rate"))
    history = History()
    assert digest.opened(run, history) is None
    assert len(history.training) == len(history.validation) == 0


def test_a_folder_that_refuses_is_let_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digest, "FILE", "nowhere/digest")
    digest.Keeper(run).refresh()
    assert sorted(path.name for path in run.path.iterdir()) == ["events.jsonl"]


def test_without_events_there_is_none(tmp_path: Path) -> None:
    digest.Keeper(Run(tmp_path)).refresh()
    assert list(tmp_path.iterdir()) == []


def test_the_trainer_keeps_it_near_the_events(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digest, "WORTH_IT", 0)
    store = Store(tmp_path)
    run = new_run(store, steps=40, checkpoint_every=10, sample_every=1000)
    assert live(run, lambda _: None) == 0
    known = digest.remembered(run)
    assert known is not None
    assert known.figures.step >= 10
    summary, history, _ = read(run)
    other, whole = straight(run)
    assert summary.figures == other.figures
    assert history.curves(WHOLE) == whole.curves(WHOLE)
