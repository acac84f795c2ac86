"""The manual page: complete, and such that the readers of manuals have nothing to object."""

import shutil
import subprocess

import click
import pytest

from gru_tui.actions import ACTIONS
from gru_tui.commands.group import program
from gru_tui.commands.manual import manual


@pytest.fixture(scope="module")
def page() -> str:
    return manual(program)


def every(group: click.Group, path: str = "") -> "list[tuple[str, click.Command]]":
    context = click.Context(group, info_name="gru-tui")
    found: list[tuple[str, click.Command]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((f"{path}{name}", command))
        if isinstance(command, click.Group):
            found += every(command, f"{path}{name} ")
    return found


def shown(page: str, *reader: str) -> str:
    if shutil.which(reader[0]) is None:
        pytest.skip(f"needs {reader[0]}")
    done = subprocess.run(reader, input=page, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def test_every_command_and_every_option_stands_in_the_manual(page: str) -> None:
    parts = page.replace(r"\-", "-").split("\n.S")
    commands = [("", program), *every(program)]
    assert len(commands) > 15
    for path, command in commands:
        head = f"S {path} [" if path else "H OPTIONS"
        (part,) = [part for part in parts if f"{part} ".startswith(head)]
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                for name in (*parameter.opts, *parameter.secondary_opts):
                    assert name in part, (path, name)
                assert " ".join((parameter.help or "").split())[:40] in part


def test_every_action_stands_in_the_manual(page: str) -> None:
    plain = page.replace(r"\-", "-")
    for row in ACTIONS:
        assert row.help.replace("’", "[u2019]") in plain


def test_groff_shows_it_without_a_complaint(page: str) -> None:
    text = shown(page, "groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-P-cbuo")
    for words in (
        "NAME",
        "--learning-rate",
        "train [OPTIONS] CORPUS",
        "corpora add",
        "EXIT STATUS",
    ):
        assert words in text.replace("‐", "-").replace("−", "-")


def test_mandoc_finds_no_error(page: str) -> None:
    shown(page, "mandoc", "-T", "lint", "-W", "error")


def test_nothing_but_ascii_is_in_it_and_no_line_is_a_request_by_chance(page: str) -> None:
    assert page.isascii()
    known = {".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".nf", ".fi"}
    requests = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert requests == known
