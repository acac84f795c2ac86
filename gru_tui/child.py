"""Processes of our own: how they are begun, and the environment that they find."""

import contextlib
import os
import sys
from pathlib import Path

from gru_tui.configuration import configuration_path
from gru_tui.configuration.errors import NoPathError
from gru_tui.configuration.reading import VARIABLE


def argv(module: str, *words: str) -> list[str]:
    """The command that runs a module of ours."""
    # -P: a file of the user's in the current folder must not stand in for a module.
    return [sys.executable, "-P", "-m", module, *words]


def python_path() -> str:
    """PYTHONPATH with the folder of these very packages first."""
    packages = str(Path(__file__).resolve().parents[1])
    return os.pathsep.join(
        [packages, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    )


def environment() -> dict[str, str]:
    """This process's own, with these very packages first.

    The configuration's path is made absolute: a trainer works in its run's directory.
    """
    found = {**os.environ, "PYTHONPATH": python_path()}
    if found.get(VARIABLE):
        with contextlib.suppress(NoPathError):  # the child tells it where it needs the file
            found[VARIABLE] = str(configuration_path())
    return found
