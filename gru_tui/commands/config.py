"""`gru-tui config`: open the configuration file in an editor, and say whether all is well."""

import os
import shlex
import subprocess
from pathlib import Path

import click

from gru_tui.commands import stdout

EDITORS = ("VISUAL", "EDITOR")
FALL_BACK = "vi"


@click.command(short_help="open and check the configuration file")
@click.option("--check", is_flag=True, help="Only say whether the file is in order.")
@click.option("--path", "only_path", is_flag=True, help="Only print where the file is.")
def command(check: bool, only_path: bool) -> None:
    """Open the configuration file in $VISUAL or $EDITOR, and check it afterwards.

    Keys, theme and notifications are set there, in TOML. A file that does not exist yet is made
    first, with every setting in it as a comment.
    """
    from gru_tui.configuration import configuration_path

    if check and only_path:
        raise click.UsageError("--check and --path exclude each other")
    path = configuration_path()
    if only_path:
        stdout.line(str(path))
        return
    if not check:
        _make(path)
        _edit(path)
    _check(path)


def _make(path: Path) -> None:
    """Write the template where no file is. Raises ReportedError where none can be."""
    from corpora.errors import ReportedError
    from gru_tui.configuration.reading import VARIABLE
    from gru_tui.configuration.template import template

    if os.path.lexists(path):
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except OSError as error:
        raise ReportedError(
            f"{path} cannot be made ({error.strerror or error}); let {VARIABLE} name a file in a "
            "folder that you may write to"
        ) from error


def _edit(path: Path) -> None:
    from corpora.errors import ReportedError

    name = next((name for name in EDITORS if os.environ.get(name, "").strip()), "")
    try:
        words = shlex.split(os.environ[name]) if name else [FALL_BACK]
        done = subprocess.run([*words, str(path)], check=False)
    except (ValueError, OSError) as error:
        which = f"${name} is {os.environ[name]!r}, which" if name else f"the editor {FALL_BACK}"
        raise ReportedError(
            f"{which} cannot be run ({getattr(error, 'strerror', None) or error}); "
            f"set {name or 'EDITOR'} to an editor, or edit {path} yourself"
        ) from error
    if done.returncode:
        raise ReportedError(
            f"{words[0]} ended with status {done.returncode}; {path} is as it left it"
        )


def _check(path: Path) -> None:
    from gru_tui.configuration import read

    found = read(path)
    if found.theme is not None:  # only then: the themes are Textual's, which takes a while to load
        from gru_tui.panes.themes import names

        read(path, names())
    if not path.exists():
        stdout.line(f"{path} does not exist: all is as it comes; gru-tui config makes one")
        return
    number = len(found.keys)
    changed = (
        f"; {number} action{'s' if number > 1 else ''} with keys of your own" if number else ""
    )
    stdout.line(f"{path} is in order{changed}")
