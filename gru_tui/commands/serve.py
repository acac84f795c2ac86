"""`gru-tui serve`: the app in a browser, for whoever has the address with its token."""

import importlib.util
import os
import socket
import sys

import click

from corpora.errors import ReportedError, UsageError
from gru_tui.commands import stdout
from gru_tui.commands.session import Session

MISSING = (
    "serving needs the package textual-serve, which is not installed; "
    f"{sys.executable} -m pip install 'gru-tui[serve]' brings it"
)
EXPOSED = (
    "gru-tui: {host} can be reached from other machines: whoever has the token may do there what "
    "you may, and the line is not encrypted; an SSH tunnel to 127.0.0.1 is safer"
)


@click.command(short_help="show the app in a browser")
@click.argument("run", metavar="[RUN]", required=False)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen on. The default is reached from this machine alone.",
)
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port."
)
@click.pass_obj
def command(session: Session, run: str | None, host: str, port: int) -> None:
    """Serve the app, on RUN if given, until Ctrl+C; prints the address to open.

    The address holds a random token; without it nothing is answered. Runs go on when the
    page or the server is closed.
    """
    if importlib.util.find_spec("textual_serve") is None:
        raise UsageError(MISSING)
    if not host.strip():  # as of a variable that is not set; to the server it is every address
        raise UsageError("--host is empty; give an address, or leave it out")
    run_id = session.find(run).id if run else None
    from gru_tui.browser import LOOPBACK, Browser

    browser = Browser(session.folder, run_id, host, port)
    if host not in LOOPBACK:
        click.echo(EXPOSED.format(host=host), err=True)

    def tell() -> None:
        stdout.line(f"{browser.address}\nCtrl+C ends the server; runs go on.")
        sys.stdout.flush()

    try:
        browser.listen(tell)
    except socket.gaierror as error:  # whose numbers are not the system's
        raise ReportedError(
            f"there is no address {host} ({error.strerror}); choose another with --host"
        ) from error
    except OSError as error:
        raise ReportedError(
            f"nothing can listen on {host} port {port} ({os.strerror(error.errno or 0)}); "
            "choose another with --port, or another --host"
        ) from error
