"""`gru-tui set`: change hyperparameters of a run that trains."""

from typing import TYPE_CHECKING, Any

import click

from gru_tui import assignments
from gru_tui.commands import options, stdout
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from gru_tui.runs.run import Run


@click.command(short_help="change hyperparameters of a running run")
@click.argument("run", metavar="RUN")
@options.changes
@click.option(
    "--when",
    type=click.Choice(["now", "epoch"]),
    help="Before the next step, or at the start of the next epoch (the default, save for --until "
    "and --undo, which are for now).",
)
@click.option(
    "--until",
    metavar="HH:MM",
    help="End at that time of day, the next one that comes: max_seconds, reckoned for you. The "
    "rest of the schedule is laid over the time that is left: the learning rate goes on from "
    "where it is and reaches its end then.",
)
@click.option("--undo", is_flag=True, help="Take back the last change that RUN was asked for.")
@click.pass_context
def command(
    context: click.Context,
    run: str,
    changes: tuple[str, ...],
    when: str | None,
    until: str | None,
    undo: bool,
) -> None:
    """Change hyperparameters of RUN: NAME=VALUE, as in learning_rate=0.001.

    max_seconds also takes 45m, 2h or 18:30; other bounds stay, and the first one reached counts.
    --undo takes back a change that still waits for its epoch; else it sends the inverse of the
    last one that was not undone yet. It can be repeated.
    """
    session: Session = context.obj
    if undo and (changes or until):
        raise click.UsageError("--undo takes no NAME=VALUE and no --until", context)
    if not undo and not changes and until is None:
        raise click.UsageError(f"NAME=VALUE is missing; see {context.command_path} --help", context)
    from engine.hyperparameters import live_changes

    parsed = assignments.parsed(changes)
    wanted = live_changes({name: value for name, value in parsed.items() if name != "max_seconds"})
    found = session.find(run)
    if undo:
        _undo(found, when or "now")
        return
    if until is not None or "max_seconds" in parsed:
        if until is not None and "max_seconds" in parsed:
            raise click.UsageError("--until and max_seconds exclude each other", context)
        wanted |= live_changes({"max_seconds": _budget(found, until, parsed.get("max_seconds"))})
    _send(found, wanted, when or ("now" if until is not None else "epoch"))


def _undo(run: "Run", when: str) -> None:
    from gru_tui.commands.asking import Question
    from gru_tui.runs.undo import undoing

    last = undoing(run)
    if not last.withdraws:
        _send(run, last.changes, when)
        return
    Question(run, last.kind, **last.details).answer()
    for name, value in last.changes.items():
        stdout.line(f"{name} does not become {value}: the change is withdrawn")


def _budget(run: "Run", until: str | None, given: str | None) -> object:
    from gru_tui import deadline
    from gru_tui.runs.summary import Summary

    spent = Summary(run).figures.seconds
    if until is not None:
        return deadline.seconds_until(until, spent)
    return deadline.in_seconds(given, spent)


def _send(run: "Run", changes: dict[str, Any], when: str) -> None:
    """Ask, wait for the answer, and say what has come of it."""
    from engine.events import HyperparametersChanged
    from gru_tui.commands.asking import Question

    question = Question(run, "set", changes=changes, when=when)
    answer = question.answer()
    if when == "epoch":
        for name, value in changes.items():
            stdout.line(f"{name} becomes {value} at epoch {int(answer.epoch) + 1}.0")
        return
    changed = question.wait_for(
        lambda event: isinstance(event, HyperparametersChanged) and question.is_mine(event)
    )
    assert isinstance(changed, HyperparametersChanged)
    for name, (old, new) in changed.changed.items():
        stdout.line(f"{name}: {old} -> {new} since step {changed.step:,}")
    if not changed.changed:
        stdout.line("nothing changed: these are the values in force")
