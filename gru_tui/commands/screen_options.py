"""The options of what opens the app: which signs it uses, and whether it minds the mouse."""

from collections.abc import Callable
from typing import Any

import click

from gru_tui.commands.session import Session


def _remember(ctx: click.Context, parameter: click.Parameter, value: bool | None) -> None:
    session = ctx.find_object(Session)
    if value is not None and session is not None:
        setattr(session, str(parameter.name), value)


def as_options() -> list[click.Option]:
    """New ones: a parameter belongs to one command."""
    return [
        click.Option(
            ["--ascii/--no-ascii", "ascii_signs"],
            default=None,
            expose_value=False,
            callback=_remember,
            help="Only signs that every terminal has. By default LANG, LC_ALL and TERM decide.",
        ),
        click.Option(
            ["--mouse/--no-mouse", "mouse"],
            default=None,
            expose_value=False,
            callback=_remember,
            help="Whether the app listens to the mouse, or leaves it to the terminal.",
        ),
    ]


def add(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that adds them to the command that stands above it."""
    function.__dict__.setdefault("__click_params__", []).extend(reversed(as_options()))
    return function
