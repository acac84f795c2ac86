"""The terminal is called when the shown run has news, if the configuration asks for it."""

from pathlib import Path

import pytest

from gru_tui.configuration import Configuration
from gru_tui.panes.messages import Noticed
from gru_tui.terminal.manners import Manners
from tests.app.on_train import OnTrain, ready


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        (Configuration(), ""),
        (Configuration(bell=True), "\a"),
        (Configuration(osc9=True), "\x1b]9;a fox has finished\x1b\\"),
    ],
)
async def test_the_terminal_is_called_as_configured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Configuration, sent: str
) -> None:
    app = OnTrain(tmp_path)
    app.context.manners = Manners(configuration=wanted)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert app._driver is not None
        written: list[str] = []
        monkeypatch.setattr(app._driver, "write", written.append)
        app.train.post_message(Noticed("a fox\nhas finished"))
        await pilot.pause()
        assert "".join(words for words in written if "\a" in words or "]9;" in words) == sent
