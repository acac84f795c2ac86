"""`gru-tui tag`: words by which a run is found again, given and taken away."""

from collections.abc import Iterable

import click

from corpora.errors import UsageError
from gru_tui.commands import stdout
from gru_tui.commands.session import Session


@click.command(
    short_help="give a run tags, or take them away",
    # No -h for help, and nothing else of one letter: -hot takes away a tag.
    context_settings={"ignore_unknown_options": True, "help_option_names": ["--help"]},
)
@click.argument("run", metavar="RUN")
@click.argument("changes", metavar="[+TAG|-TAG]...", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def command(session: Session, run: str, changes: tuple[str, ...]) -> None:
    """Give RUN each +TAG and take each -TAG from it; without any, print its tags.

    A word without a sign is given. The filter tag:x finds them, on the Runs screen and in
    gru-tui runs.
    """
    found = session.find(run)
    if not changes:
        for tag in found.label.tags:
            stdout.line(tag)
        return

    from gru_tui.listing import control

    def made(tags: tuple[str, ...]) -> str:
        return " ".join(changed(tags, changes, found.name))

    stdout.line(control.change_tags(session.store(), found.id, made))


def changed(tags: Iterable[str], changes: Iterable[str], name: str) -> tuple[str, ...]:
    """The tags after all changes, each once. Raises UsageError, with none of them made."""
    from gru_tui.runs.tags import tags_in

    before = tuple(tags)
    kept = dict.fromkeys(before)
    for change in changes:
        sign = change[:1] if change[:1] in ("+", "-") else ""
        words = tags_in(change.removeprefix(sign))
        if not words:
            raise UsageError(f"{change!r} names no tag; write +TAG to give one, -TAG to take one")
        for word in words:
            if sign != "-":
                kept[word] = None
            elif word in kept:
                del kept[word]
            elif word not in before:
                has = ", ".join(before) or "none"
                raise UsageError(f"{name} has no tag {word!r} to take away; its tags: {has}")
    return tuple(kept)
