"""`python -m gru_tui.served DATA_DIR RUN`: the app as a browser's server starts it, for one page.

Textual's web driver, which the server chooses, talks to it through the standard streams.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path


def main() -> None:
    """Run the app; its last line has no terminal to be left on."""
    from gru_tui.app import GruTui
    from gru_tui.context import Context
    from gru_tui.terminal.manners import decided

    data_dir, run_id = sys.argv[1:]
    for name in ("TMUX", "TERM"):  # of the terminal that the server was started in
        os.environ.pop(name, None)
    # A browser has every sign and colour, whatever the server's own terminal lacks.
    manners = replace(decided(ascii_signs=False), coloured=True, sixteen=False)
    GruTui(Context(Path(data_dir), run_id or None, manners=manners)).run()


if __name__ == "__main__":
    main()
