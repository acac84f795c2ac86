"""`gru-tui demo`: the app on a run that learns while one looks, with a tour of five notes."""

from concurrent.futures import ThreadPoolExecutor

import click

from gru_tui.commands import screen_options
from gru_tui.commands.attach import require_terminal
from gru_tui.commands.session import Session


@click.command(short_help="see a small model learn, with a tour of five notes")
@click.option("--no-tour", is_flag=True, help="Without the notes.")
@screen_options.add
@click.pass_obj
def command(session: Session, no_tour: bool) -> None:
    """Start a small run on a built-in text, kept among your runs, and open the app on it."""
    require_terminal()
    from gru_tui import demonstration, tour

    # The trainer comes to life while this process still loads the app.
    with ThreadPoolExecutor(max_workers=1) as pool:
        starting = pool.submit(demonstration.start, session.store())
        from gru_tui.app import launch

        run_id = starting.result()
    wanted = not no_tour and tour.is_wanted(session.folder)
    launch(session.folder, run_id, tour=wanted, manners=session.manners())
