"""`gru-tui corpora`: the texts that there are to train on."""

import json
from typing import TYPE_CHECKING, Any

import click

from gru_tui import table
from gru_tui.commands import stdout
from gru_tui.commands.patience import reading
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from corpora import Listing

HEADS = ("name", "kind", "size", "floor", "description")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(short_help="list the texts, show one, add your own", invoke_without_command=True)
@json_option
@click.pass_context
def command(context: click.Context, as_json: bool) -> None:
    """The texts that there are to train on. Without a further command: list them.

    "floor" is the entropy rate in nats per character, where it is known: no model gets below.
    """
    inner = context.invoked_subcommand
    if inner is None:
        _list(context.obj, as_json=as_json)
    elif as_json:
        raise click.UsageError(f"--json stands behind its command: gru-tui corpora {inner} --json")


@command.command("list")
@json_option
@click.pass_obj
def list_command(session: Session, as_json: bool) -> None:
    """List the texts; your own come last."""
    _list(session, as_json=as_json)


def _list(session: Session, *, as_json: bool) -> None:
    import corpora

    listings = corpora.catalogue(session.shelf())
    if as_json:
        stdout.line(json.dumps([_fields(listing) for listing in listings], ensure_ascii=False))
        return
    for line in table.rows(HEADS, [_cells(listing) for listing in listings], right=("floor",)):
        stdout.line(line)


def _fields(listing: "Listing") -> dict[str, Any]:
    return {
        "name": listing.name,
        "kind": listing.kind,
        "size": listing.size_hint,
        "entropy_rate": listing.entropy_rate,
        "description": listing.description,
        "source": listing.source,
    }


def _cells(listing: "Listing") -> tuple[str, ...]:
    floor = "-" if listing.entropy_rate is None else f"{listing.entropy_rate:.3f}"
    return (listing.name, listing.kind, listing.size_hint, floor, listing.description)


@command.command("add", short_help="Remember a file or a folder under its own name.")
@click.argument("path", metavar="PATH")
@json_option
@click.pass_obj
def add_command(session: Session, path: str, as_json: bool) -> None:
    """Remember the file or folder at PATH under its own name, to train on it by that name.

    The text stays where it is. A name that is taken gets a number.
    """
    listing = session.shelf().add(path)
    if as_json:
        stdout.line(json.dumps(_fields(listing), ensure_ascii=False))
        return
    stdout.line(f"{listing.name} is {listing.source} from now on, in every list of texts")


@command.command("remove")
@click.argument("name", metavar="NAME")
@click.pass_obj
def remove_command(session: Session, name: str) -> None:
    """Forget the text that was added as NAME. The file or folder itself stays."""
    session.shelf().remove(name)
    stdout.line(f"{name} is forgotten; the text itself is where it was")


@command.command("show")
@click.argument("name", metavar="NAME")
@json_option
@click.option(
    "--length", type=click.IntRange(min=0), default=500, help="Characters of preview. Default 500."
)
@click.pass_obj
def show_command(session: Session, name: str, as_json: bool, length: int) -> None:
    """Show what NAME (or a file or folder) is, and how it begins."""
    import corpora

    with reading(name):
        corpus = corpora.load(name, shelf=session.shelf())
    fields = {
        "name": corpus.name,
        "source": corpus.source,
        "characters": len(corpus),
        "vocabulary_size": len(corpus.vocabulary),
        "entropy_rate": corpus.entropy_rate,
        "sha256": corpus.sha256,
        "notes": list(corpus.notes),
    }
    preview = corpus.preview(length)
    if as_json:
        stdout.line(json.dumps(fields | {"preview": preview}, ensure_ascii=False))
        return
    stdout.line(f"{corpus.name}: {len(corpus):,} characters, {len(corpus.vocabulary)} distinct")
    if corpus.entropy_rate is not None:
        stdout.line(f"entropy rate: {corpus.entropy_rate:.4f} nats per character")
    stdout.line(f"source: {corpus.source}")
    stdout.line(f"sha256: {corpus.sha256}")
    for note in corpus.notes:
        stdout.line(f"note: {note}")
    stdout.line("")
    stdout.line(preview)
