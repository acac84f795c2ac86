"""`--preset`: a named set of hyperparameters, fitted to the text and to this machine."""

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from corpora.errors import UsageError
from gru_tui.presets import PRESETS

if TYPE_CHECKING:
    from corpora import Corpus
    from engine.hyperparameters import Hyperparameters
    from gru_tui.runs.store import Store

option = click.option(
    "--preset",
    metavar="NAME",
    help=f"Begin from a named set of hyperparameters: {', '.join(PRESETS)}.",
)


def preset_values(name: str | None) -> dict[str, Any]:
    """The settings of that preset; none for None. Raises UsageError with the nearest name."""
    if name is None:
        return {}
    if name not in PRESETS:
        near = difflib.get_close_matches(name, PRESETS, n=1, cutoff=0.4)
        hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(PRESETS)
        raise UsageError(f"there is no preset {name!r}; {hint}")
    return dict(PRESETS[name])


def fitted_settings(
    name: str, given: Mapping[str, object | None], text: "Corpus", store: "Store"
) -> "Hyperparameters":
    """The preset as it suits the text and this machine, with `given` over it; says what differs.

    A time that is given takes the place of the preset's before anything is fitted to it.
    """
    from corpora import cache
    from engine.speed import characters_per_second
    from gru_tui.adapting import Circumstances, fitted
    from gru_tui.commands import options

    values = preset_values(name)
    asked = options.settings(given, values)
    is_quiet = not any(run.is_alive() for run in store.list())
    here = Circumstances(
        characters=len(text.split(asked.validation_fraction)[0]),
        vocabulary=len(text.vocabulary),
        speed=characters_per_second(cache.folder(), is_quiet=is_quiet),
    )
    if values.get("max_seconds"):  # one without a time is what it says
        values |= {"max_seconds": asked.max_seconds, "epochs": asked.epochs}
    suited, reasons = fitted(values, here)
    for reason in reasons:
        if given.get(reason.split()[0]) is None:
            click.echo(f"gru-tui: {name}: {reason}", err=True)
    return options.settings(given, suited)
