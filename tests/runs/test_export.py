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
    export.write_csv(path, file)
    rows = csv.DictReader(file.getvalue().decode().splitlines())
    assert [(int(row["step"]), float(row["loss"])) for row in rows] == [
        (1, 9.0),
        (2, 7.0),
        (3, 7.0),
        (4, 7.0),
        (5, 6.0),
    ]
