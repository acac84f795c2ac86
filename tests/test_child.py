"""Processes of our own import the packages that began them, wherever they are begun."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import gru_tui
from gru_tui import child
from gru_tui.browser import Browser
from gru_tui.generation.process import Scribe
from gru_tui.rate_process import RateProcess
from gru_tui.runs import launch
from gru_tui.runs.store import Store
from tests.app.runs_on_disk import new_run

PACKAGES = str(Path(gru_tui.__file__).parents[1])


class BegunError(Exception):
    """Stands in for a process, with what it would have been begun with."""

    def __init__(self, argv: list[str], *, env: dict[str, str], **_: Any) -> None:
        super().__init__()
        self.argv, self.environment = argv, env


def trainer(folder: Path) -> None:
    launch.start(new_run(Store(folder)))


def scribe(_: Path) -> None:
    Scribe(lambda _: None).warm_up()


def sweep(folder: Path) -> None:
    RateProcess([], folder)


@pytest.mark.parametrize("begin", [trainer, scribe, sweep])
def test_every_process_of_ours_has_our_packages_first_and_none_of_the_current_folder(
    begin: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun(argv: list[str], **details: Any) -> None:
        raise BegunError(argv, **details)

    monkeypatch.setattr(subprocess, "Popen", begun)
    monkeypatch.setattr("tempfile.TemporaryFile", io.BytesIO)  # nobody would close it
    monkeypatch.setenv("PYTHONPATH", f"/somewhere{os.pathsep}/else")
    with pytest.raises(BegunError) as caught:
        begin(tmp_path)
    paths = caught.value.environment["PYTHONPATH"].split(os.pathsep)
    assert paths == [PACKAGES, "/somewhere", "/else"]
    assert caught.value.argv[:3] == [sys.executable, "-P", "-m"]


def test_a_page_of_the_browser_is_a_process_of_our_packages_too(tmp_path: Path) -> None:
    browser = Browser(tmp_path / "a 'folder'", None, "127.0.0.1", 0)
    line = browser.command.replace("gru_tui.served", "gru_tui_of_the_user", 1)
    for name in ("gru_tui_of_the_user", "argparse"):
        (tmp_path / f"{name}.py").write_text("print('the wrong one')")
    done = subprocess.run(
        line, shell=True, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert "No module named gru_tui_of_the_user" in done.stderr
    assert f"PYTHONPATH={PACKAGES}" in line


def test_a_child_imports_the_copy_that_began_it(tmp_path: Path) -> None:
    code = "import gru_tui; print(gru_tui.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env=child.environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == gru_tui.__file__
