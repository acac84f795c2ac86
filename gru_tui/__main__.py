"""The program `gru-tui`: runs one command and turns every end into an exit status."""

import time

STARTED = time.monotonic()  # before the imports: a time budget counts from here

import sys  # noqa: E402

from gru_tui.commands import ending, stdout  # noqa: E402
from gru_tui.commands.group import program  # noqa: E402
from gru_tui.commands.session import Session  # noqa: E402


def main() -> None:
    """Run what the command line asks for, and exit with its status."""
    stdout.prepare()
    session = Session(STARTED)
    sys.exit(ending.status_of(lambda: program.run(sys.argv[1:], session)))


if __name__ == "__main__":
    main()
