"""The lines that the form offers are taken by the program, and mean what the form says."""

import shlex
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given

from engine.fields import Field
from engine.hyperparameters import FIELDS, Hyperparameters, live_changes
from gru_tui import assignments
from gru_tui.command_line import change_options, fork_line, set_line, train_line
from gru_tui.commands import find_rate, fork, options, train
from gru_tui.commands.presetting import preset_values
from gru_tui.presets import PRESETS


def meant(line: str) -> tuple[str, Hyperparameters]:
    """The corpus and the hyperparameters that `gru-tui train` would take from the line."""
    program, command, *words = shlex.split(line)
    assert (program, command) == ("gru-tui", "train")
    context = train.command.make_context("train", words)
    given = dict(context.params)
    names = {field.name for field in FIELDS}
    chosen = {name: value for name, value in given.items() if name in names}
    preset = given["preset"]
    return given["corpus"], options.settings(chosen, preset_values(preset))


def value_of(field: Field) -> st.SearchStrategy[object]:
    if field.choices:
        return st.sampled_from(field.choices)
    if field.kind is bool:
        return st.booleans()
    least = field.above if field.above is not None else field.least
    assert least is not None
    assert field.most is not None
    if field.kind is int:
        return st.integers(int(least), int(field.most))
    exclusive = field.above is not None
    return st.floats(least, field.most, exclude_min=exclusive, allow_subnormal=False)


@given(st.data(), st.sampled_from(sorted(PRESETS)))
def test_the_line_means_what_the_form_says(data: st.DataObject, preset: str) -> None:
    some = data.draw(st.lists(st.sampled_from(FIELDS), max_size=5, unique_by=lambda f: f.name))
    changes = {field.name: data.draw(value_of(field)) for field in some}
    wanted = Hyperparameters.from_mapping(changes, Hyperparameters.from_mapping(PRESETS[preset]))
    assert meant(train_line("sonnets", wanted)) == ("sonnets", wanted)


@given(st.data())
def test_a_learning_rate_is_looked_for_with_the_changes_of_the_form(data: st.DataObject) -> None:
    live = [field for field in FIELDS if field.live]
    some = data.draw(st.lists(st.sampled_from(live), max_size=5, unique_by=lambda f: f.name))
    changes = live_changes({field.name: data.draw(value_of(field)) for field in some})
    context = find_rate.command.make_context("find-rate", ["fox", *change_options(changes)])
    given = {name: value for name, value in context.params.items() if value is not None}
    assert (given.pop("start"), given.pop("as_json")) == ("fox", False)
    assert live_changes(given) == changes


def test_only_what_differs_is_said() -> None:
    assert train_line("sonnets", Hyperparameters()) == "gru-tui train sonnets"
    wanted = Hyperparameters.from_mapping({"layers": 2, "learning_rate": 0.001})
    assert train_line("sonnets", wanted) == "gru-tui train sonnets --layers 2 --learning-rate 0.001"
    tiny = Hyperparameters.from_mapping({**PRESETS["tiny"], "cell": "lstm"})
    assert train_line("sonnets", tiny) == "gru-tui train sonnets --preset tiny --cell lstm"


def test_no_preset_is_named_that_would_be_fitted_to_the_reader_s_machine() -> None:
    one_minute = Hyperparameters.from_mapping(PRESETS["one-minute"])
    assert "--preset" not in train_line("sonnets", one_minute)


@pytest.mark.parametrize("source", ["/a b/it's $HOME.txt", "/tmp/`x`;rm", "/ä/\n"])
def test_the_shell_gets_the_very_name(source: str) -> None:
    assert meant(train_line(source, Hyperparameters()))[0] == source


def test_changes_of_a_run_and_another_data_directory() -> None:
    line = set_line("261125-1", {"learning_rate": 1e-05, "max_seconds": 60.0}, "now", Path("/a b"))
    assert line == (
        "gru-tui --data-dir '/a b' set 261125-1 learning_rate=1e-05 max_seconds=60 --when now"
    )
    words = shlex.split(fork_line("261125-1", {"dropout": 0.1}))[2:]
    context = fork.command.make_context("fork", words)
    assert context.params["run"] == "261125-1"
    assert assignments.parsed(context.params["changes"]) == {"dropout": "0.1"}
