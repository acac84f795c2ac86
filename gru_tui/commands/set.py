"""`gru-tui set`: change hyperparameters of a run that trains."""

import click

from gru_tui.commands import assignments, stdout
from gru_tui.commands.session import Session


@click.command(short_help="change hyperparameters of a running run")
@click.argument("run", metavar="RUN")
@assignments.required_argument
@click.option(
    "--when",
    type=click.Choice(["now", "epoch"]),
    default="epoch",
    help="Before the next step, or at the start of the next epoch (the default).",
)
@click.pass_obj
def command(session: Session, run: str, changes: tuple[str, ...], when: str) -> None:
    """Change hyperparameters of RUN: NAME=VALUE, as in learning_rate=0.001."""
    from engine.events import HyperparametersChanged
    from engine.hyperparameters import live_changes

    checked = live_changes(assignments.parsed(changes))
    found = session.find(run)

    from gru_tui.commands.asking import Question

    question = Question(found, "set", changes=checked, when=when)
    answer = question.answer()
    if when == "epoch":
        for name, value in checked.items():
            stdout.line(f"{name} becomes {value} at the start of epoch {int(answer.epoch) + 2}")
        return
    changed = question.wait_for(
        lambda event: isinstance(event, HyperparametersChanged) and question.is_mine(event)
    )
    assert isinstance(changed, HyperparametersChanged)
    for name, (old, new) in changed.changed.items():
        stdout.line(f"{name}: {old} -> {new} since step {changed.step:,}")
    if not changed.changed:
        stdout.line("nothing changed: these are the values in force")
