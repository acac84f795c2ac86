"""What the environment says of a terminal, and what goes before it."""

from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from gru_tui.terminal.manners import decided, has_colours, has_only_sixteen, locale_is_plain


def test_options_go_before_the_file_and_the_file_before_the_locale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "config.toml"
    monkeypatch.setenv("GRU_TUI_CONFIG", str(path))
    monkeypatch.setenv("LC_ALL", "C")
    assert decided().ascii
    path.write_text("[app]\nascii = false\nmouse = false\n")
    assert (decided().ascii, decided().mouse) == (False, False)
    given = decided(ascii_signs=True, mouse=True)
    assert given == replace(decided(), ascii=True, mouse=True)


@pytest.mark.parametrize(
    ("variables", "plain"),
    [
        ({}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "POSIX"}, True),
        ({"LANG": "C.UTF-8"}, False),
        ({"LANG": "de_DE.UTF-8@euro"}, False),
        ({"LANG": "de_DE.ISO-8859-1"}, True),
        ({"LANG": "de_DE"}, False),
        ({"LANG": "C", "LC_ALL": "en_US.utf8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "C"}, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True),  # as Python leaves it (PEP 538)
    ],
)
def test_the_locale_says_whether_there_is_more_than_ascii(
    variables: dict[str, str], plain: bool
) -> None:
    assert locale_is_plain(variables) == plain


@pytest.mark.parametrize(("term", "few"), [("linux", True), ("xterm-256color", False)])
def test_the_console_of_linux_has_no_braille(
    monkeypatch: pytest.MonkeyPatch, term: str, few: bool
) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setenv("TERM", term)
    assert decided().ascii == few


@pytest.mark.parametrize(
    ("variables", "colours"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
        ({"TERM": "no-such-terminal-in-the-database"}, True),
        ({}, True),
    ],
)
def test_the_terminal_says_whether_it_has_colours(variables: dict[str, str], colours: bool) -> None:
    assert has_colours(variables) == colours


def test_sixteen_colours_are_what_textual_takes_for_sixteen() -> None:
    for term in ("xterm", "linux", "xterm-256color", "xterm-kitty", "screen"):
        for colorterm in ("", "truecolor"):
            environment = {"TERM": term, "COLORTERM": colorterm}
            console = Console(force_terminal=True, _environ=environment)
            assert has_only_sixteen(environment) == (console.color_system == "standard")
