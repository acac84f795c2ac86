"""The README's pictures, taken of real runs: `python docs/pictures.py`.

--quick trains for a few seconds only; --into FOLDER leaves those in docs/ as they are.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corpora
from engine import Hyperparameters
from gru_tui.app import GruTui
from gru_tui.context import Context
from gru_tui.runs import launch
from gru_tui.runs.command import send
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.runs.summary import Summary

HERE = Path(__file__).resolve().parent
LARGE, SMALL = (120, 40), (80, 24)
SEED_TEXT = "The lighthouse keeper trims the lamp, and then\n"
PATIENCE = 600.0  # seconds until a run must have come as far as a picture wants it


def main() -> None:
    """Train, look, and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--into", type=Path, default=HERE)
    parser.add_argument("--plain", nargs=2, help=argparse.SUPPRESS)  # data folder and run
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    if arguments.plain:
        folder, run_id = arguments.plain
        asyncio.run(_look(Path(folder), run_id, arguments.into / "plain.svg", SMALL, "1"))
        return
    with tempfile.TemporaryDirectory() as folder:
        _take_all(Path(folder), arguments.into, quick=arguments.quick)


def _take_all(folder: Path, into: Path, *, quick: bool) -> None:
    store = Store(folder)
    sizes: dict[str, Any] = {"layers": 1, "hidden_size": 32} if quick else {}
    part = 0.05 if quick else 1.0
    small = {"layers": 1, "hidden_size": 48, "epochs": 3 if quick else 8, "cell": "cifg"}
    for name, cell in (("pale-heron", "lstm"), ("slow-otter", "cifg")):
        first = _begin(store, "sonnets", name, **{**small, "cell": cell})
        _until(lambda: not first.is_alive(), "it has ended")  # noqa: B023 - waited for here
    run = _begin(store, "sonnets", "amber-fox", epochs=20, **sizes)
    try:
        _until(lambda: Summary(run).epoch > 7 * part, "it is time to change the learning rate")
        send(run, "set", changes={"learning_rate": 0.003}, when="epoch")
        _until(lambda: Summary(run).epoch > max(2.2, 13 * part), "the curve is long enough")
        asyncio.run(_look(folder, run.id, into / "train.svg", LARGE, "1"))
        together = ("2", "space", "down", "space", "down", "space")
        asyncio.run(_look(folder, run.id, into / "runs.svg", LARGE, *together))
        asyncio.run(_generate(folder, run.id, into / "generate.svg"))
        _plain(folder, run.id, into)
    finally:
        send(run, "stop")
        _until(lambda: not run.is_alive(), "the run has stopped")


def _begin(store: Store, corpus: str, name: str, **settings: Any) -> Run:
    hyperparameters = Hyperparameters.from_mapping(settings)
    run = store.create(corpora.load(corpus), hyperparameters, name=name)
    launch.start(run)
    return run


def _plain(folder: Path, run_id: str, into: Path) -> None:
    """The small screen without colour: the variable is read when Textual is imported."""
    argv = [sys.executable, __file__, "--into", str(into), "--plain", str(folder), run_id]
    subprocess.run(argv, env={**os.environ, "NO_COLOR": "1"}, check=True)


def _until(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            sys.exit(f"waited in vain until {what}")
        time.sleep(0.2)


async def _look(folder: Path, run_id: str, path: Path, size: tuple[int, int], *keys: str) -> None:
    """One of the screens that show a run by themselves."""
    app = GruTui(Context(folder, run_id))
    async with app.run_test(size=size) as pilot:
        await asyncio.sleep(1)
        for key in keys:
            await pilot.press(key)
            await asyncio.sleep(0.5)
        await asyncio.sleep(3)
        await pilot.pause()
        path.write_text(app.as_svg(), encoding="utf-8")


async def _generate(folder: Path, run_id: str, path: Path) -> None:
    from textual.widgets import TextArea

    app = GruTui(Context(folder, run_id))
    async with app.run_test(size=LARGE) as pilot:
        await asyncio.sleep(1)
        await pilot.press("3")
        await asyncio.sleep(2)
        app.screen.query_one(TextArea).text = SEED_TEXT
        await pilot.press("ctrl+g")
        await asyncio.sleep(4)
        await pilot.pause()
        path.write_text(app.as_svg(), encoding="utf-8")


if __name__ == "__main__":
    main()
