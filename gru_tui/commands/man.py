"""`gru-tui man`: the manual page, written from the commands themselves."""

import click

from gru_tui.commands import stdout


@click.command(short_help="print the manual page")
def command() -> None:
    """Print the manual page, for man -l or for a folder in your MANPATH.

    \b
    gru-tui man | man -l -
    gru-tui man > ~/.local/share/man/man1/gru-tui.1
    """
    from gru_tui.commands.group import program
    from gru_tui.commands.manual import manual

    with stdout.named():
        click.echo(manual(program), nl=False)
