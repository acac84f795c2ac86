"""What the form says, as commands that a shell takes: only what differs is in them."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from engine.errors import HyperparameterError
from engine.fields import Value
from engine.hyperparameters import FIELDS, Hyperparameters
from gru_tui.presets import PRESETS

BOUNDS = ("steps", "max_seconds")  # with one of these, `train` drops the bound in epochs


def train_line(source: str, wanted: Hyperparameters, data_dir: Path | None = None) -> str:
    """`gru-tui train ...`: the preset that leaves the least to say, and what differs from it."""
    return _joined(["train", *begin_words(source, wanted)], data_dir)


def begin_words(source: str, wanted: Hyperparameters) -> list[str]:
    """The corpus and the options of a run that begins.

    No preset with a time is named: it would be fitted anew, to whichever machine reads the line.
    """
    lines = [
        _train_words(wanted, name, values)
        for name, values in PRESETS.items()
        if not values.get("max_seconds")
    ]
    return [source, *min(lines, key=len)]


def change_options(changes: Mapping[str, Value]) -> list[str]:
    """Changes as options."""
    return [word for name, value in changes.items() for word in _option(name, value)]


def set_line(
    run_id: str, changes: Mapping[str, Value], when: str = "now", data_dir: Path | None = None
) -> str:
    """`gru-tui set RUN ...`: the changes of a running run."""
    pairs = [f"{name}={_text(value)}" for name, value in changes.items()]
    return _joined(["set", run_id, *pairs, "--when", when], data_dir)


def fork_line(run_id: str, changes: Mapping[str, Value], data_dir: Path | None = None) -> str:
    """`gru-tui fork RUN ...`: a new run from the last checkpoint."""
    pairs = [f"{name}={_text(value)}" for name, value in changes.items()]
    return _joined(["fork", run_id, "--checkpoint", "last", *pairs], data_dir)


def _train_words(wanted: Hyperparameters, preset: str, values: Mapping[str, Value]) -> list[str]:
    try:
        base = Hyperparameters.from_mapping(values)
    except HyperparameterError:  # a preset for another version's fields
        base, preset = Hyperparameters(), "default"
    words = [] if preset == "default" else ["--preset", preset]
    bounded = False
    for field in FIELDS:
        value = getattr(wanted, field.name)
        if value == getattr(base, field.name):
            continue
        if field.name != "epochs":
            words += _option(field.name, value)
            bounded = bounded or (field.name in BOUNDS and bool(value))
    # A bound that is given does away with the epochs, unless they are given, too.
    if wanted.epochs != (0 if bounded else base.epochs):
        words += ["--epochs", str(wanted.epochs)]
    return words


def _option(name: str, value: Value) -> list[str]:
    option = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{option}" if value else f"--no-{option}"]
    return [f"--{option}", _text(value)]


def _joined(words: list[str], data_dir: Path | None) -> str:
    before = [] if data_dir is None else ["--data-dir", str(data_dir)]
    return shlex.join(["gru-tui", *before, *words])


def _text(value: Value) -> str:
    """The shortest text that is read as this very value."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)
