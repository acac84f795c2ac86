"""`gru-tui config`: opens, makes and checks the configuration file."""

import sys
from pathlib import Path

import pytest

from gru_tui.configuration.template import template
from tests.commands.program import Program, one_sentence


@pytest.fixture
def path(program: Program, tmp_path: Path) -> Path:
    path = tmp_path / "a folder" / "config.toml"
    program.variables |= {"GRU_TUI_CONFIG": str(path), "VISUAL": "", "EDITOR": "false"}
    return path


def editor(tmp_path: Path, text: str) -> str:
    """A command that writes `text` over the file, as a person would."""
    script = tmp_path / "my editor.py"
    script.write_text(f"import sys; open(sys.argv[-1], 'w').write({text!r})")
    return f"{sys.executable} '{script}' --wait"


def test_the_path_is_printed_and_nothing_is_made(program: Program, path: Path) -> None:
    assert program("config", "--path").out == f"{path}\n"
    assert "does not exist" in program("config", "--check").out
    assert not path.exists()


def test_the_editor_gets_a_file_with_all_settings_and_what_it_leaves_is_checked(
    program: Program, path: Path, tmp_path: Path
) -> None:
    program.variables["EDITOR"] = "true"
    result = program("config")
    assert (result.status, result.out) == (0, f"{path} is in order\n")
    assert path.read_text() == template()

    program.variables["VISUAL"] = editor(tmp_path, '[keys]\n\nstop = "f5"\nfork = "hyper"\n')
    result = program("config")
    assert result.status == 1
    assert f"{path}, line 4: " in one_sentence(result)
    assert "hyper" in result.complaint

    program.variables["VISUAL"] = editor(tmp_path, '[keys]\nstop = "f5"\n')
    assert program("config").out == f"{path} is in order; 1 action with keys of your own\n"


def test_only_config_minds_a_faulty_file(program: Program, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('[app]\ntheme = "nrod"\n')
    assert program("runs").status == 0
    result = program("config", "--check")
    assert result.status == 1
    assert "line 2: there is no theme" in one_sentence(result)
    assert "did you mean nord?" in result.complaint


def test_an_editor_that_cannot_be_run_or_fails_is_told(program: Program, path: Path) -> None:
    assert "false ended with status 1" in one_sentence(program("config"))
    program.variables["EDITOR"] = "no-such-editor-anywhere"
    result = program("config")
    assert result.status == 1
    told = one_sentence(result)
    assert "$EDITOR is 'no-such-editor-anywhere', which cannot be run (No such file" in told
    program.variables["VISUAL"] = "an 'open quote"
    told = one_sentence(program("config"))
    assert """$VISUAL is "an 'open quote", which cannot be run""" in told
    assert "set VISUAL to an editor" in told
    assert path.read_text() == template()


def test_a_folder_that_cannot_be_made_is_told_with_what_to_do(
    program: Program, path: Path, tmp_path: Path
) -> None:
    path.parent.write_text("a file, where the folder would be")
    result = program("config")
    assert result.status == 1
    told = one_sentence(result)
    assert f"{path} cannot be made (" in told
    assert "let GRU_TUI_CONFIG name a file in a folder that you may write to" in told


def test_check_and_path_exclude_each_other(program: Program) -> None:
    assert program("config", "--check", "--path").status == 2
