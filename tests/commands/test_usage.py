"""Asking for the wrong thing, and the first impression: speed, help, version."""

import errno
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path

import pytest

import gru_tui
from gru_tui.commands.ending import status_of
from gru_tui.commands.group import COMMANDS
from gru_tui.commands.group import program as gru_tui_program
from gru_tui.commands.session import Session
from gru_tui.presets import PRESETS
from tests.commands.program import CHECKOUT, Program, one_sentence


def test_the_version_is_the_packages_own(program: Program) -> None:
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"]
    assert program("--version").out == f"gru-tui {declared}\n"
    assert gru_tui.__version__ == declared


def test_the_version_and_the_help_load_nothing_heavy() -> None:
    heavy = (
        "{'numpy', 'msgspec', 'textual', 'engine', 'corpora', 'platformdirs'} & set(sys.modules)"
    )
    for option in ("--version", "--help"):
        code = (
            "import sys; sys.argv = ['gru-tui', sys.argv[1]]\n"
            "from gru_tui.__main__ import main\n"
            "try: main()\n"
            f"finally: print('loaded', {heavy})"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, option],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "loaded set()"


def test_no_command_but_the_app_loads_textual() -> None:
    modules = [f"gru_tui.commands.{name.replace('-', '_')}" for name in COMMANDS]
    code = (
        "import importlib, sys\n"
        f"for module in {modules}:\n"
        "    importlib.import_module(module)\n"
        "    assert 'textual' not in sys.modules, module"
    )
    subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=True)


def test_every_command_has_a_help_page(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    page = program("--help").out
    for name in COMMANDS:
        assert f"  {name} " in page
        asked = partial(gru_tui_program.run, [name, "--help"], Session(0.0))
        assert status_of(asked) == 0
        shown = capsys.readouterr()
        assert shown.err == ""
        assert shown.out.startswith(f"Usage: gru-tui {name} ")


def test_the_help_names_every_preset(program: Program) -> None:
    for command in ("train", "find-rate"):
        words = " ".join(program(command, "--help").out.split())
        assert f"named set of hyperparameters: {', '.join(PRESETS)}." in words


def test_an_unknown_command_is_answered_with_the_nearest(program: Program) -> None:
    result = program("trian")
    assert result.status == 2
    assert "trian" in one_sentence(result)
    assert "did you mean train?" in result.complaint


def test_an_unknown_option_is_answered_with_the_nearest(program: Program) -> None:
    result = program("train", "sonnets", "--lerning-rate", "0.1")
    assert result.status == 2
    assert "--lerning-rate" in one_sentence(result)
    assert "--learning-rate" in result.complaint


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["train"], "CORPUS"),
        (["generate"], "RUN"),
        (["set", "last"], "NAME=VALUE"),
        (["export", "last"], "--format"),
        (["export", "last", "--format", "gif", "--output", "x"], "gif"),
        (["export", "last", "--format", "csv", "--output", ""], "'--output': it is empty"),
        (["generate", "last", "--length", "many"], "many"),
        (["set", "last", "learning_rate=1", "--when", "soon"], "soon"),
        (["train", "sonnets", "--json", "--detach"], "--detach"),
        (["train", "sonnets", "--lr", "0.1"], "did you mean --learning-rate?"),
        (["train", "sonnets", "--bs", "8"], "no option --bs; see gru-tui train --help"),
        (["runs", "surplus"], "(surplus); put quotes around what has spaces in it, or see"),
        (["corpora", "zzz"], "'zzz'; see gru-tui corpora --help"),
        (["corpora", "--json", "show", "sonnets"], "gru-tui corpora show --json"),
        (["serve", "--host", ""], "--host is empty"),
        (["train", "sonnets", "--preset", "gigantic-preset-that-is-not"], "gigantic"),
        (["train", "sonnets", "--preset", ""], "there is no preset ''"),
    ],
)
def test_bad_usage_is_told_in_one_line(program: Program, arguments: list[str], named: str) -> None:
    result = program(*arguments)
    assert result.status == 2
    assert named in one_sentence(result)


def test_without_a_terminal_the_app_says_how_to_do_without(program: Program) -> None:
    result = program()
    assert result.status == 2
    assert "needs a terminal" in one_sentence(result)
    assert "gru-tui train" in result.complaint


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (MemoryError(), "there is not enough memory; a smaller model or batch needs less"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "there is not enough memory"),
        (PermissionError(errno.EACCES, "Permission denied", "a.txt"), "a.txt: Permission denied"),
    ],
)
def test_what_the_system_refuses_is_told_in_one_line(
    error: Exception, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def work() -> None:
        raise error

    assert status_of(work) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"gru-tui: {words}")


@pytest.mark.parametrize(
    "command", ["attach", "pause", "resume", "stop", "generate", "evaluate", "fork"]
)
def test_an_unknown_run_is_bad_usage(program: Program, command: str) -> None:
    result = program(command, "nobody")
    assert result.status == 2
    one_sentence(result)


def test_the_data_directory_may_be_named_before_or_after_the_command(
    trained: Program, tmp_path: Path
) -> None:
    elsewhere = Program(tmp_path / "unused")
    before = elsewhere("--data-dir", trained.home, "runs", "--json")
    after = elsewhere("runs", "--json", "--data-dir", trained.home)
    assert before.raw == after.raw == trained("runs", "--json").raw
    refused = elsewhere("--data-dir", "", "runs")
    assert (refused.status, "--data-dir is empty" in one_sentence(refused)) == (2, True)
    assert not elsewhere.home.exists()


@pytest.mark.parametrize("setting", ["--data-dir", "GRU_TUI_HOME", "GRU_TUI_CONFIG"])
def test_the_home_of_nobody_is_named_with_what_asks_for_it(program: Program, setting: str) -> None:
    path = "~nobody-of-that-name/x"
    if setting == "--data-dir":
        result = program("runs", setting, path)
    else:
        program.variables[setting] = path
        result = program(*(("config", "--path") if setting == "GRU_TUI_CONFIG" else ("runs",)))
    assert result.status == 2
    words = f"{setting} is '{path}', but there is no user nobody-of-that-name"
    assert words in one_sentence(result)
