"""`gru-tui show`: chart and account of a run, once, for the scrollback, for logs and for mail."""

import os
import shutil
import sys

import click

from engine.events import AnyEvent, HyperparametersChanged, Rollback, Sample
from gru_tui.commands import stdout
from gru_tui.commands.session import Session

WIDTH, HEIGHT = 80, 18  # where no terminal says otherwise
LEAST_WIDTH, MOST_WIDTH = 40, 400


class Story:
    """The last sample, and what was changed on the way, in words."""

    def __init__(self) -> None:
        self.sample: Sample | None = None
        self.changes: list[str] = []

    def take(self, event: AnyEvent) -> None:
        """Fold one more event in."""
        from gru_tui.draft import as_text

        match event:
            case Sample():
                self.sample = event
            case HyperparametersChanged() if event.changed:
                changed = ", ".join(
                    f"{name} {as_text(old)} -> {as_text(new)}"
                    for name, (old, new) in event.changed.items()
                )
                self.changes.append(f"step {event.step:,}: {changed}")
            case Rollback():
                self.changes.append(f"{event.reason}; back to step {event.to_step:,}")
            case _:
                pass


@click.command(short_help="print a run's chart and summary once")
@click.argument("run", metavar="RUN")
@click.option(
    "--width",
    type=click.IntRange(LEAST_WIDTH, MOST_WIDTH),
    metavar="COLUMNS",
    help=f"How wide. Default as the terminal, or {WIDTH}.",
)
@click.option(
    "--ascii",
    "ascii_signs",
    is_flag=True,
    help="No character above 127 in it. By default as for the app.",
)
@click.pass_obj
def command(session: Session, run: str, width: int | None, ascii_signs: bool) -> None:
    """Print the chart and the summary of RUN, as they are now."""
    from gru_tui.commands import account
    from gru_tui.commands.plain_chart import AXIS, Paper, drawn
    from gru_tui.curves.history import History
    from gru_tui.curves.thinning import View
    from gru_tui.runs.summary import Summary
    from gru_tui.terminal.glyphs import plain
    from gru_tui.terminal.manners import has_colours
    from gru_tui.visible import visible

    found = session.find(run)
    history, story = History(found.config.corpus.entropy_rate), Story()

    def hear(events: list[AnyEvent]) -> None:
        history.take(*events)
        for event in events:
            story.take(event)

    summary = Summary(found, also=hear)
    paper = Paper(
        width=width or _columns(),
        height=HEIGHT,
        colour=stdout.is_terminal() and has_colours(os.environ),
        ascii=ascii_signs or session.manners().ascii,
    )
    chart = drawn(history.curves(View(columns=paper.width - AXIS)), paper)
    text = "".join(
        line + "\n" for line in account.lines(summary, story.changes, story.sample, paper.width)
    )
    if paper.ascii:
        text = "\n".join(map(plain, text.split("\n")))
    # All words in it went through `visible`; the chart's colours are to reach the terminal.
    with stdout.named():
        sys.stdout.write(f"{chart}\n{text}" if chart else text)
    if summary.figures.skipped.count:
        click.echo(f"gru-tui: {visible(summary.figures.skipped.sentence)}", err=True)


def _columns() -> int:
    if not stdout.is_terminal():
        return WIDTH
    columns = shutil.get_terminal_size((WIDTH, HEIGHT)).columns
    return max(LEAST_WIDTH, min(columns, MOST_WIDTH))
