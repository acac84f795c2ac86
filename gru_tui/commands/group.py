"""The table of subcommands, and the program that loads only the one it is asked for."""

import difflib
import importlib
from collections.abc import Sequence
from pathlib import Path

import click

from gru_tui import __version__
from gru_tui.commands.session import Session

# Written here, so that --help and --version load none of the files behind.
COMMANDS = {
    "train": "train on a text without the app",
    "runs": "list the runs",
    "attach": "open the app on a run",
    "pause": "hold a run between two steps",
    "resume": "go on with a paused, stopped or interrupted run",
    "stop": "end a run, with a checkpoint",
    "set": "change hyperparameters of a running run",
    "fork": "begin a new run from a checkpoint of another",
    "generate": "write with a model",
    "evaluate": "measure a model on the validation part of a text",
    "corpora": "list the texts, show one, add your own",
    "export": "save a checkpoint, the samples or the curves to a file",
    "benchmark": "how fast models train on this machine",
}


class Program(click.Group):
    """The root: subcommands come from the table above, each in the file of its name."""

    def run(self, arguments: Sequence[str], session: Session) -> None:
        """Parse and perform. Raises click's exceptions and ReportedError."""
        with self.make_context("gru-tui", list(arguments), obj=session) as context:
            self.invoke(context)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the one subcommand; None when there is no such name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gru_tui.commands.{cmd_name}")
        command: click.Command = module.command
        _accept_data_dir(command)
        return command

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


def _remember_data_dir(ctx: click.Context, _: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.find_object(Session).data_dir = value  # type: ignore[union-attr]


def _data_dir_option() -> click.Option:
    return click.Option(
        ["--data-dir"],
        type=click.Path(file_okay=False, path_type=Path),
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
    params=[_data_dir_option()],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=(
        "Train, steer and write with a recurrent character language model. "
        "Without a command: the app. RUN is a run's id, the beginning of one, its name, or last."
    ),
)
click.version_option(__version__, prog_name="gru-tui", message="%(prog)s %(version)s")(program)
