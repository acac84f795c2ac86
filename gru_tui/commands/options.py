"""The hyperparameters on the command line: options written from the engine's table, NAME=VALUE."""

from collections.abc import Callable, Mapping
from typing import Any

import click

from engine.fields import Field
from engine.hyperparameters import FIELDS, Hyperparameters

changes = click.argument("changes", nargs=-1, metavar="[NAME=VALUE]...")
NUMBERS: dict[type, str] = {int: "INTEGER", float: "NUMBER", str: "NAME"}


def hyperparameter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that adds an option for every hyperparameter."""
    for field in reversed(FIELDS):
        command = option(field)(command)
    return command


def option(
    field: Field, default: str | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that adds the option of one field; `default` in words, if not the field's."""
    name = field.name.replace("_", "-")
    words = _sentence(field, default if default is not None else _default(field))
    if field.kind is bool:
        return click.option(f"--{name}/--no-{name}", field.name, default=None, help=words)
    # Strings: the engine reads them, so that its sentence is the one a person sees.
    return click.option(
        f"--{name}",
        field.name,
        type=str,
        metavar="|".join(field.choices) or NUMBERS[field.kind],
        help=words,
    )


def _default(field: Field) -> str:
    if field.kind is bool:
        return "yes" if field.default else "no"
    return f"{field.default} {field.unit}".rstrip()


def _sentence(field: Field, default: str) -> str:
    bounds = "" if field.choices or field.kind is bool else f" ({field.bounds})"
    description = field.description[0].upper() + field.description[1:]
    return f"{description}{bounds}. Default {default}."


def settings(given: Mapping[str, object | None], preset: Mapping[str, object]) -> Hyperparameters:
    """The options that were given, over a preset, over the defaults.

    With a bound in steps or seconds the bound in epochs falls away unless it was given
    too. Raises HyperparameterError.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    base = Hyperparameters.from_mapping(preset)
    checked = Hyperparameters.from_mapping(chosen, base)
    bounded = any(name in chosen and getattr(checked, name) for name in ("steps", "max_seconds"))
    if bounded and "epochs" not in chosen:
        checked = Hyperparameters.from_mapping({"epochs": 0}, checked)
    return checked
