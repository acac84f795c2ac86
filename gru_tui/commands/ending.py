"""How a command ends: one line on stderr for each kind of failure, and the exit status."""

import difflib
import errno
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from gru_tui.commands import stdout

if TYPE_CHECKING:
    from corpora.errors import ReportedError

NO_MEMORY = "there is not enough memory; a smaller model or batch needs less"
CLOSED = "standard output is closed, so that nothing can be written to it"
FAILED = 1
# How click's own sentences begin that do not say how to be right.
EXTRA, UNKNOWN = "Got unexpected extra argument", "No such command"
INTERRUPTED, READER_GONE = 130, 141  # as a shell counts SIGINT and SIGPIPE


def status_of(work: Callable[[], None]) -> int:
    """Perform `work`; the exit status, with the reason of a failure told."""
    try:
        return _performed(work)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BrokenPipeError:
        stdout.abandon()
        return READER_GONE
    except click.ClickException as error:
        reason, status = _sentence(error), error.exit_code
    except OSError as error:
        reason, status = _of_the_system(error), FAILED
    except MemoryError:
        reason, status = NO_MEMORY, FAILED
    except _reported() as error:
        reason, status = str(error), error.exit_status
    return complain(reason, status)


def _performed(work: Callable[[], None]) -> int:
    try:
        work()
    except click.exceptions.Exit as end:
        status = end.exit_code
    else:
        status = 0
    with stdout.named():
        sys.stdout.flush()  # a full disk or a closed pipe shows itself here, not at exit
    return status


def complain(message: str, status: int) -> int:
    """Say `message` in one line on stderr; returns `status`."""
    from gru_tui.visible import visible

    stdout.settle()
    sys.stderr.write(f"gru-tui: {visible(' '.join(message.split()))}\n")
    sys.stderr.flush()
    return status


def _reported() -> "type[ReportedError]":
    # Evaluated only while an exception looks for its clause, so that no other end pays for it.
    from corpora.errors import ReportedError

    return ReportedError


def _of_the_system(error: OSError) -> str:
    if error.errno == errno.ENOMEM:  # how a mapping that does not fit ends
        return NO_MEMORY
    if error.errno == errno.EBADF:
        return CLOSED
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"


def _sentence(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "gru-tui"
    see = f"see {path} --help"
    if isinstance(error, click.NoSuchOption):
        near = _meant(error.option_name, context) or _near(error)
        hint = "did you mean " + " or ".join(near) + "?" if near else see
        message = f"there is no option {error.option_name}; {hint}"
    elif isinstance(error, click.MissingParameter) and error.param is not None:
        message = f"{_name(error.param, context)} is missing; {see}"
    else:
        message = error.format_message().rstrip(".")
        if message.startswith(EXTRA):
            message = f"{message}; put quotes around what has spaces in it, or {see}"
        elif message.startswith(UNKNOWN) and not message.endswith("?"):
            message = f"{message}; {see}"
    return message if path == "gru-tui" else f"{path.removeprefix('gru-tui ')}: {message}"


def _meant(option: str, context: click.Context | None) -> list[str]:
    """The option of a hyperparameter that many call by a shorter name, such as --lr."""
    from engine.hyperparameters import SHORT

    name = SHORT.get(option.lstrip("-"))
    parameters = context.command.params if context is not None else []
    return [_name(each, context) for each in parameters if each.name == name]


def _near(error: click.NoSuchOption) -> list[str]:
    """The options that click finds near, but for those of which only the dashes are alike."""
    bare = {option.lstrip("-"): option for option in sorted(error.possibilities or ())}
    wanted = error.option_name.lstrip("-")
    return [bare[name] for name in difflib.get_close_matches(wanted, bare, cutoff=0.5)]


def _name(parameter: click.Parameter, context: click.Context | None) -> str:
    """A parameter as a person types it: an option's long form, an argument's metavar."""
    if isinstance(parameter, click.Option):
        return max(parameter.opts, key=len)
    return parameter.make_metavar(context) if context is not None else str(parameter.name)
