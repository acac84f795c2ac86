"""What DESIGN and the house style promise of the code's shape, looked up in the code itself."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("corpora", "engine", "gru_tui")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
BESIDE = sorted(
    path for room in ("tests", "benchmarks", "docs") for path in (ROOT / room).rglob("*.py")
)
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60
WITH_TEXTUAL = ("gru_tui/panes/", "gru_tui/screens/", "gru_tui/app.py")
WITH_COMMANDS = ("gru_tui/commands/", "gru_tui/__main__.py")
OF_THE_ENGINE = {"numpy", "safetensors", "threadpoolctl", "msgspec", "corpora", "engine"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """The first part of every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    found = set(imported(path))
    package = name_of(path).split("/")[0]
    if package == "corpora":
        assert not found & {"engine", "gru_tui"}
    if package == "engine":
        foreign = {name for name in found if name not in sys.stdlib_module_names}
        assert foreign <= OF_THE_ENGINE


def loaded(modules: str, packages: set[str]) -> list[str]:
    """Which of the packages a new interpreter has loaded once it has imported the modules."""
    code = f"import sys, {modules}\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return sorted(packages & set(done.stdout.split()))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_panes_screens_and_the_app_know_textual(path: Path) -> None:
    if not name_of(path).startswith(WITH_TEXTUAL):
        assert "textual" not in set(imported(path))


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_only_the_program_knows_its_commands(path: Path) -> None:
    if not name_of(path).startswith(WITH_COMMANDS):
        assert "gru_tui.commands" not in path.read_text(encoding="utf-8")


def test_the_trainer_and_the_follower_load_without_textual() -> None:
    modules = "gru_tui.runs.process, gru_tui.runs.follower, gru_tui.runs.launch"
    assert loaded(modules, {"textual", "plotext", "numpy"}) == ["numpy"]


def test_the_first_frame_waits_neither_for_numpy_nor_for_plotext() -> None:
    modules = "gru_tui.commands.group, gru_tui.app, gru_tui.screens.train"
    assert loaded(modules, {"textual", "plotext", "numpy"}) == ["textual"]


@pytest.mark.parametrize("package", ["engine", "corpora"])
def test_help_lists_what_a_package_offers_before_its_first_use(package: str) -> None:
    code = f"import {package}, pydoc; print(pydoc.plaintext.document({package}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in __import__(package).__all__:
        assert f"\n    {name}(" in done.stdout or f"    class {name}(" in done.stdout, name


@pytest.mark.parametrize("path", [*FILES, *BESIDE], ids=name_of)
def test_files_and_functions_stay_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= MOST_LINES
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_LINES_OF_A_FUNCTION, node.name


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_module_says_what_it_owns_in_a_few_lines(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    if path.stat().st_size:
        assert said


def test_nothing_that_a_file_could_use_to_run_code() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert not {"pickle", "marshal", "shelve", "dill"} & set(imported(path)), path
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute):  # to write all of them out takes seconds
                name = node.id if isinstance(node, ast.Name) else node.attr
                if name in {"eval", "exec", "load"}:
                    assert ast.unparse(node) not in {"eval", "exec", "np.load", "numpy.load"}, path


def test_no_room_is_a_junk_drawer() -> None:
    names = {path.stem for path in FILES}
    assert not names & {"utils", "util", "helpers", "helper", "common", "misc"}
