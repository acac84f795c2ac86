"""What takes long to read is told on stderr, what does not is not."""

import pytest

from gru_tui.commands import patience
from tests.runs.making import until


def test_a_long_reading_is_told_and_a_short_one_is_not(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.01)
    with patience.reading("a\x1b[2J.txt"):
        told = until(lambda: capsys.readouterr().err, "a line on stderr")
    assert told == "gru-tui: reading a␛[2J.txt\n"
    monkeypatch.setattr(patience, "PATIENCE", 60)
    with patience.reading("short.txt"):
        pass
    assert capsys.readouterr().err == ""
