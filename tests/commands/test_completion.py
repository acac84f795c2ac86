"""Shell completion: what is offered, by the program and by the shells themselves."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpora import catalogue
from engine.hyperparameters import FIELDS
from gru_tui.commands.completing import BUILT_IN
from gru_tui.commands.group import COMMANDS
from gru_tui.listing.columns import COLUMNS
from gru_tui.presets import PRESETS
from tests.commands.program import Program


def offered(program: Program, *words: str) -> list[str]:
    """What is offered for the last of the words, as a bash would ask."""
    asking = Program(
        program.home,
        {
            "_GRU_TUI_COMPLETE": "bash_complete",
            "COMP_WORDS": "\n".join(("gru-tui", *words)),
            "COMP_CWORD": str(len(words)),
        },
    )
    result = asking()
    assert (result.status, result.complaint) == (0, "")
    return [line.partition(",")[2] for line in result.lines if line]


def test_commands_and_options_are_offered(program: Program) -> None:
    assert offered(program, "") == list(COMMANDS)
    assert offered(program, "at") == ["attach"]
    assert "--data-dir" in offered(program, "--")
    assert "--learning-rate" in offered(program, "train", "--l")


def test_runs_are_offered_by_name_and_id(trained: Program) -> None:
    (run,) = json.loads(trained("runs", "--json").out)
    for command in ("attach", "set"):
        assert offered(trained, command, "") == ["fox", "last", run["id"]]
    assert offered(trained, "attach", run["id"][:4]) == [run["id"]]
    elsewhere = Program(trained.home.parent / "nowhere")
    assert offered(elsewhere, "--data-dir", str(trained.home), "attach", "f") == ["fox"]
    assert offered(trained, "generate", "fox", "--checkpoint", "")[:2] == ["best", "last"]


def test_texts_are_offered_by_name_else_files(program: Program, text: Path) -> None:
    assert program("corpora", "add", text).status == 0
    assert offered(program, "train", "") == [*BUILT_IN, "fox.txt"]
    assert offered(program, "train", "fo") == ["fox.txt"]
    assert offered(program, "corpora", "show", "") == [*BUILT_IN, "fox.txt"]
    assert offered(program, "corpora", "remove", "") == ["fox.txt"]
    assert offered(program, "train", "./fo") == ["./fo"]  # of the type "file": the shell's own
    assert tuple(listing.name for listing in catalogue()) == BUILT_IN


def test_values_of_hyperparameters_are_offered(program: Program) -> None:
    assert offered(program, "train", "sonnets", "--cell", "") == ["gru", "cifg", "lstm"]
    assert offered(program, "train", "sonnets", "--preset", "") == list(PRESETS)
    assert offered(program, "set", "last", "learning_") == ["learning_rate="]
    assert offered(program, "fork", "last", "schedule=li") == ["schedule=linear"]
    assert offered(program, "fork", "last", "schedule", "=", "li") == ["linear"]  # as bash cuts it
    assert offered(program, "set", "last", "--when", "") == ["now", "epoch"]


def test_no_change_is_offered_that_the_command_refuses(program: Program) -> None:
    assert offered(program, "set", "last", "") == [f"{f.name}=" for f in FIELDS if f.live]
    assert offered(program, "set", "last", "validation_") == []
    assert offered(program, "fork", "last", "validation_") == ["validation_fraction="]
    assert offered(program, "fork", "last", "hidden_") == []
    assert offered(program, "fork", "last", "cell=") == []


def test_what_runs_can_be_sorted_by_is_offered(program: Program) -> None:
    names = offered(program, "runs", "--sort", "")
    assert {"best", "age", "name", "learning_rate"} <= set(names)
    assert sorted(names) == sorted(COLUMNS)
    assert offered(program, "runs", "--sort", "bes") == ["best"]


@pytest.mark.parametrize("spoilt", ["runs", "corpora.json"])
def test_what_cannot_be_read_is_not_offered_without_a_word(program: Program, spoilt: str) -> None:
    program.home.mkdir()
    (program.home / spoilt).write_text("[[[[")
    assert offered(program, "attach", "") == []
    assert offered(program, "train", "d") == ["dyck"]


def test_a_shell_does_not_wait_for_numpy(trained: Program) -> None:
    code = (
        "import sys; sys.argv = ['gru-tui']\n"
        "from gru_tui.__main__ import main\n"
        "try: main()\n"
        "finally: print('loaded', {'numpy', 'textual'} & set(sys.modules))"
    )
    for words in (
        "attach\n",
        "train\ns",
        "train\nsonnets\n--cell\n",
        "fork\nlast\ncel",
        "runs\n--sort\nb",
    ):
        asked = {
            "_GRU_TUI_COMPLETE": "bash_complete",
            "COMP_WORDS": f"gru-tui\n{words}",
            "COMP_CWORD": str(words.count("\n") + 1),
        }
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**trained.environment, **asked},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.splitlines()[-1] == "loaded set()", words


def in_a_shell(program: Program, folder: Path, shell: str, script: str) -> str:
    """What the shell prints with the completion loaded and `gru-tui` in its PATH."""
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    starter = folder / "gru-tui"
    starter.write_text(f'#!/bin/sh\nexec {sys.executable} -m gru_tui "$@"\n')
    starter.chmod(0o755)
    source = program("completion", shell)
    assert source.status == 0
    (folder / "source").write_text(source.out)
    bare = {"bash": "--norc", "zsh": "-f", "fish": "--no-config"}[shell]
    done = subprocess.run(
        [shell, bare, "-c", script.replace("SOURCE", str(folder / "source"))],
        env={**program.environment, "PATH": f"{folder}:{os.environ['PATH']}"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_bash_completes_a_run(trained: Program, tmp_path: Path) -> None:
    script = (
        "source SOURCE; COMP_WORDS=(gru-tui attach f); COMP_CWORD=2; "
        '_gru_tui_completion gru-tui f attach; echo "${COMPREPLY[@]}"'
    )
    assert in_a_shell(trained, tmp_path, "bash", script).split() == ["fox"]


def test_fish_completes_a_run(trained: Program, tmp_path: Path) -> None:
    script = "source SOURCE; complete -C 'gru-tui attach f'"
    assert in_a_shell(trained, tmp_path, "fish", script).split()[0] == "fox"


def test_zsh_takes_the_script(trained: Program, tmp_path: Path) -> None:
    script = "autoload -U compinit; compinit -D -u; source SOURCE; print -r -- $_comps[gru-tui]"
    assert in_a_shell(trained, tmp_path, "zsh", script).split() == ["_gru_tui_completion"]


def test_an_unknown_shell_is_bad_usage(program: Program) -> None:
    result = program("completion", "tcsh")
    assert result.status == 2
    assert "'bash', 'zsh', 'fish'" in result.complaint
