"""The program `gru-tui`: runs one command and turns every end into an exit status."""

import time

STARTED = time.monotonic()  # before the imports: a time budget counts from here

import signal  # noqa: E402
import sys  # noqa: E402

# Ctrl+C while the files below load ends the program at once, without a traceback.
LISTENS = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # nohup and & do not
if LISTENS:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from gru_tui.commands import ending, stdout  # noqa: E402
from gru_tui.commands.group import program  # noqa: E402
from gru_tui.commands.session import Session  # noqa: E402


def main() -> None:
    """Run what the command line asks for, and exit with its status."""
    stdout.prepare()
    session = Session(STARTED)

    def work() -> None:
        if LISTENS:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        program.run(sys.argv[1:], session)

    sys.exit(ending.status_of(work))


if __name__ == "__main__":
    main()
