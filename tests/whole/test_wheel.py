"""What is published works elsewhere: build, install the wheel in a new place, train, write."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
NO_INDEX = re.compile(
    "Could not find a version|No matching distribution|Connection|Temporary failure|timed out"
)


def perform(*argv: object, where: Path, timeout: float = 300) -> str:
    """The output of a command that must succeed; skips where there is no package index."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, argv)),
        cwd=where,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode and NO_INDEX.search(done.stderr + done.stdout) and "CI" not in os.environ:
        pytest.skip(f"no package index to build and install from: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_wheel_works_when_it_is_installed_elsewhere(tmp_path: Path) -> None:
    dist, place, home = tmp_path / "dist", tmp_path / "place", tmp_path / "home"
    perform(sys.executable, "-m", "build", "--outdir", dist, CHECKOUT, where=tmp_path)
    (wheel,) = dist.glob("gru_tui-*.whl")
    assert len(list(dist.glob("gru_tui-*.tar.gz"))) == 1

    venv.create(place, with_pip=False)
    pip = (sys.executable, "-m", "pip", "--python", place / "bin" / "python")
    perform(*pip, "install", "--no-compile", wheel, where=tmp_path)
    program = place / "bin" / "gru-tui"
    assert perform(program, "--version", where=tmp_path).startswith("gru-tui ")

    small = ("--hidden-size", 16, "--layers", 1, "--steps", 10)
    perform(program, "--data-dir", home, "train", "sonnets", *small, where=tmp_path)
    written = perform(
        program, "--data-dir", home, "generate", "last", "--length", 20, where=tmp_path
    )
    assert len(written) == 20
