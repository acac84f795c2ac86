"""What a shell may complete: runs, texts, and the values of hyperparameters.

A shell waits for it at every press of Tab: nothing here loads NumPy, and what cannot be read
is not offered, without a word.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from gru_tui.commands.session import Session

MOST_RUNS = 200  # the newest; nobody reads a longer list
SAFE = re.compile(r"[\w.+-]+")  # needs no quotes in any shell
# The names that the catalogue of corpora begins with: loading it means loading NumPy.
BUILT_IN = ("sonnets", "python", "python-reference", "dyck", "markov", "markov-1", "markov-3")
Offers = Iterable[tuple[str, str]]  # what may be written, and a word about it


class Completed(click.types.StringParamType):
    """A text for which a shell has offers."""

    def __init__(self, offers: Callable[[click.Context, str], Offers], *, paths: bool) -> None:
        self._offers, self._paths = offers, paths

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> "list[CompletionItem[str]]":
        """What begins as what is there; a file where nothing does and a file may stand."""
        found = [
            CompletionItem(value, help=words)
            for value, words in self._offers(ctx, incomplete)
            if value.startswith(incomplete)
        ]
        if not found and self._paths:
            return [CompletionItem(incomplete, type="file")]
        return found


def let_complete(command: click.Command) -> None:
    """Give the parameters of a command, and of those below it, what a shell may offer."""
    for parameter in command.params:
        offers = _offers_of(command, parameter)
        if offers is not None and type(parameter.type) is type(click.STRING):
            parameter.type = Completed(offers, paths=offers is _texts)
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            let_complete(inner)


def _offers_of(
    command: click.Command, parameter: click.Parameter
) -> Callable[[click.Context, str], Offers] | None:
    metavar = (parameter.metavar or "").strip("[].")
    by_metavar = {"RUN": _runs, "CORPUS": _texts, "NAME=VALUE": _assignments, "COLUMN": _columns}
    if metavar in by_metavar:
        return by_metavar[metavar]
    if parameter.name == "preset":
        return _presets
    if parameter.name == "name" and metavar == "NAME":
        return {"show": _texts, "remove": _added}.get(command.name or "")
    if "|" in metavar:
        words = [word for word in metavar.split("|") if not word.isupper()]  # STEP is none
        return lambda _, __: [(word, "") for word in words]
    return None


def _folder(ctx: click.Context) -> Path:
    session = ctx.find_object(Session)
    return session.folder if session is not None else Session(0.0).folder


def _runs(ctx: click.Context, _: str) -> Offers:
    from corpora.errors import ReportedError
    from gru_tui.runs.store import Store

    try:
        runs = Store(_folder(ctx)).all()[::-1][:MOST_RUNS]
    except ReportedError:
        return
    names = [(run.id, run.name) for run in runs]
    for identity, name in names:
        if name != identity and SAFE.fullmatch(name):
            yield name, identity
    if names:
        yield "last", "the newest run"
    for identity, name in names:
        yield identity, name


def _texts(ctx: click.Context, _: str) -> Offers:
    for name in BUILT_IN:
        yield name, "built in"
    yield from _added(ctx, "")


def _added(ctx: click.Context, _: str) -> Offers:
    """The texts that can be taken away again."""
    for name, path in _shelf(_folder(ctx)):
        if SAFE.fullmatch(name):
            yield name, path


def _shelf(folder: Path) -> list[tuple[str, str]]:
    """The texts that were added, by the file that `corpora.added` keeps."""
    import msgspec

    try:
        contents = msgspec.json.decode((folder / "corpora.json").read_bytes())
        return [(str(entry["name"]), str(entry["path"])) for entry in contents["corpora"]]
    except (OSError, msgspec.MsgspecError, ValueError, TypeError, LookupError, RecursionError):
        return []


def _presets(_: click.Context, __: str) -> Offers:
    from gru_tui.presets import PRESETS, REASONS

    for name in PRESETS:
        yield name, REASONS.get(name, "")


def _columns(_: click.Context, __: str) -> Offers:
    """What runs can be sorted by: their own facts, then the hyperparameters."""
    from engine.hyperparameters import FIELDS
    from gru_tui.listing.columns import COLUMNS

    words = {field.name: field.description for field in FIELDS}
    for name in (*(name for name in COLUMNS if name not in words), *words):
        yield name, words.get(name, "")


def _assignments(ctx: click.Context, incomplete: str) -> Offers:
    """NAME=, for what the command can change, and behind it the values of that name.

    Bash takes "cell=gr" for three words, of which only the last one is to be completed.
    """
    from engine.hyperparameters import FIELDS, LIVE, OF_THE_MODEL, spelled

    def may_change(name: str) -> bool:
        return name in LIVE if ctx.info_name == "set" else name not in OF_THE_MODEL

    fields = [field for field in FIELDS if may_change(field.name)]
    words = [word for word in ctx.params.get("changes") or () if isinstance(word, str)]
    name, equals, _ = incomplete.partition("=")
    if equals and not name and words:
        incomplete, prefix, name = "", "=", words[-1]
    elif len(words) > 1 and words[-1] == "=":
        prefix, name = "", words[-2]
    elif equals:
        prefix = f"{name}="
    else:
        for field in fields:
            yield f"{field.name}=", field.description
        return
    for field in fields:
        if field.name == spelled(name):
            for value in ("yes", "no") if field.kind is bool else field.choices:
                yield prefix + str(value), ""
