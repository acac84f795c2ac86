"""Events as files for other programs."""

import csv
import io
from pathlib import Path

from engine.events import AnyEvent, Rollback, State, encode
from gru_tui.runs import export
from tests.runs.making import step


def test_the_csv_has_no_steps_of_a_model_that_was_lost(tmp_path: Path) -> None:
    events: list[AnyEvent] = [
        State(state="running"),
        *(step(number, 9.0) for number in range(1, 4)),
        State(state="starting"),  # says nothing of steps, so it has none
        State(state="running", step=2),
        *(step(number, 8.0) for number in range(3, 7)),
        Rollback(to_step=1, step=1, reason="", learning_rate=0.005),
        *(step(number, 7.0) for number in range(2, 5)),
        State(state="running", step=4),
        step(5, 6.0),
    ]
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(map(encode, events)))
    file = io.BytesIO()
    complaints: list[str] = []
    export.write_csv(path, file, complaints.append)
    assert not complaints
    rows = csv.DictReader(file.getvalue().decode().splitlines())
    assert [(int(row["step"]), float(row["loss"])) for row in rows] == [
        (1, 9.0),
        (2, 7.0),
        (3, 7.0),
        (4, 7.0),
        (5, 6.0),
    ]


def test_a_run_that_has_not_begun_has_no_samples_and_no_figures(tmp_path: Path) -> None:
    file = io.BytesIO()
    export.write_samples(tmp_path / "events.jsonl", file)
    assert not file.getvalue()
    export.write_csv(tmp_path / "events.jsonl", file)
    assert file.getvalue().decode().splitlines() == [",".join(export.COLUMNS)]
