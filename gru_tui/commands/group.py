"""The table of subcommands, and the program that loads only the one it is asked for."""

import difflib
import importlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from gru_tui import __version__
from gru_tui.commands import screen_options
from gru_tui.commands.session import Session

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

VARIABLE = "_GRU_TUI_COMPLETE"  # says that a shell asks what may stand at a place, and which
# Written here, so that --help and --version load none of the files behind.
COMMANDS = {
    "train": "train on a text without the app",
    "runs": "list the runs",
    "demo": "see a small model learn, with a tour of five notes",
    "attach": "open the app on a run",
    "serve": "show the app in a browser",
    "pause": "hold a run between two steps",
    "resume": "go on with a paused, stopped or interrupted run",
    "stop": "end a run, with a checkpoint",
    "set": "change hyperparameters of a running run",
    "fork": "begin a new run from a checkpoint of another",
    "replay": "repeat a run with all its changes, to the same bits",
    "tag": "give a run tags, or take them away",
    "pin": "keep a run above the others in every list",
    "note": "keep a line about a run, or print it",
    "rename": "give a run another name",
    "delete": "delete runs that do not train",
    "find-rate": "find a learning rate by a short sweep on a copy",
    "generate": "write with a model",
    "evaluate": "measure a model on the validation part of a text",
    "corpora": "list the texts, show one, add your own",
    "show": "print a run's chart and summary once",
    "export": "save a checkpoint, the samples, the curves or the chart to a file",
    "benchmark": "how fast models train on this machine",
    "config": "open and check the configuration file: keys, theme, notifications",
    "completion": "print what lets a shell complete commands, runs and texts",
    "man": "print the manual page",
}


class Program(click.Group):
    """The root: subcommands come from the table above, each in the file of its name."""

    def run(self, arguments: Sequence[str], session: Session) -> None:
        """Parse and perform. Raises click's exceptions and ReportedError."""
        instruction = os.environ.get(VARIABLE)
        if instruction:
            from click.shell_completion import shell_complete

            raise Exit(shell_complete(self, {"obj": session}, "gru-tui", VARIABLE, instruction))
        with self.make_context("gru-tui", list(arguments), obj=session) as context:
            self.invoke(context)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the one subcommand; None when there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gru_tui.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        _accept_data_dir(command)
        if os.environ.get(VARIABLE):
            from gru_tui.commands.completing import let_complete

            let_complete(command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> "list[CompletionItem[str]]":
        """The table and the options, without loading anything."""
        from click.shell_completion import CompletionItem

        names = [name for name in COMMANDS if name.startswith(incomplete)]
        found = [CompletionItem(name, help=COMMANDS[name]) for name in names]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without loading anything."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but an unknown name is answered with the nearest one."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(COMMANDS)
            raise click.UsageError(f"there is no command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


def _remember_data_dir(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    if value == "":  # as of a variable that is not set; as a path it would be the current folder
        raise click.UsageError("--data-dir is empty; give a folder, or leave it out", ctx)
    if value is not None:
        ctx.find_object(Session).data_dir = Path(value)  # type: ignore[union-attr]


def _data_dir_option() -> click.Option:
    return click.Option(
        ["--data-dir"],
        type=click.Path(file_okay=False),
        metavar="FOLDER",
        expose_value=False,
        is_eager=True,
        callback=_remember_data_dir,
        help="Where runs are kept (also GRU_TUI_HOME).",
    )


def _accept_data_dir(command: click.Command) -> None:
    """Let --data-dir stand after the subcommand as well as before it."""
    if all(parameter.name != "data_dir" for parameter in command.params):
        command.params.append(_data_dir_option())
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _accept_data_dir(inner)


def _open_app() -> None:
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        from gru_tui.commands.attach import open_app

        open_app(context.obj, None)


program = Program(
    name="gru-tui",
    callback=_open_app,
    invoke_without_command=True,
    params=[_data_dir_option(), *screen_options.as_options()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=(
        "Train, steer and write with a recurrent character language model. "
        "Without a command: the app. RUN is a run's id, the beginning of one, its name, or last."
    ),
)
click.version_option(__version__, prog_name="gru-tui", message="%(prog)s %(version)s")(program)
