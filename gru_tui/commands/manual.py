"""The manual page as roff: click's tree of commands, the keys, the files, the exit status."""

import re
from collections.abc import Iterator

import click

from gru_tui import __version__
from gru_tui.actions import ACTIONS, SCOPES

ENVIRONMENT = (
    ("GRU_TUI_HOME", "Where runs are kept, unless --data-dir says otherwise."),
    ("GRU_TUI_CONFIG", "The configuration file, in place of the usual one (gru-tui config)."),
    ("GRU_TUI_CACHE", "Where encoded texts are kept."),
    ("NO_COLOR", "If set, the app uses no colours."),
    ("LC_ALL, LC_CTYPE, LANG", "C, POSIX or a character set other than UTF-8: as --ascii."),
    ("TERM", "linux, the console without a desktop: as --ascii."),
    ("VISUAL, EDITOR", "What gru-tui config opens the configuration with."),
)
ENDS = (
    ("0", "What was asked is done."),
    ("1", "It failed; the reason stands on standard error, in one line."),
    ("2", "It was asked in a way that cannot be; the line says how it can."),
    ("130, 141", "It was interrupted by Ctrl+C, or its reader went away."),
)


def manual(program: click.Group) -> str:
    """The whole page."""
    with program.make_context("gru-tui", [], resilient_parsing=True) as context:
        return "\n".join(_lines(program, context)) + "\n"


def _lines(program: click.Group, context: click.Context) -> Iterator[str]:
    yield f'.TH GRU-TUI 1 "" "gru-tui {_text(__version__)}" "User Commands"'
    yield ".SH NAME"
    yield r"gru\-tui \- train, steer and write with a recurrent character language model"
    yield ".SH SYNOPSIS"
    yield r".B gru\-tui"
    yield r"[\fIOPTIONS\fR] [\fICOMMAND\fR [\fIARGS\fR]...]"
    yield ".SH DESCRIPTION"
    yield from _paragraphs(program.help or "")
    yield ".SH OPTIONS"
    yield from _options(program, context)
    yield ".SH COMMANDS"
    yield from _commands(program, context)
    yield ".SH KEYS"
    yield from _keys()
    yield from _section("ENVIRONMENT", ENVIRONMENT)
    yield from _section("EXIT STATUS", ENDS)


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        with command.make_context(name, [], parent=context, resilient_parsing=True) as inner:
            usage = " ".join(command.collect_usage_pieces(inner))
            yield f".SS {_text(inner.command_path.removeprefix('gru-tui '))} {_text(usage)}"
            yield from _paragraphs(command.help or "")
            yield from _options(command, inner)
            if isinstance(command, click.Group):
                yield from _commands(command, inner)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            names, words = record
            yield ".TP"
            yield rf"\fB{_text(names)}\fR"
            yield _text(words)


def _keys() -> Iterator[str]:
    for scope, title in SCOPES.items():
        yield f".SS {_text(title)}"
        for row in ACTIONS:
            if row.scope == scope:
                yield ".TP"
                yield rf"\fB{_text(row.shown_keys or 'palette')}\fR"
                yield _text(f"{row.label}: {row.help}")


def _section(title: str, rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    yield f".SH {title}"
    for name, words in rows:
        yield ".TP"
        yield rf"\fB{_text(name)}\fR"
        yield _text(words)


def _paragraphs(text: str) -> Iterator[str]:
    r"""Paragraphs of a help text; what click's \b keeps as it is stays as it is here."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.splitlines()]
        yield ".PP"
        if lines[0] == "\b":
            yield ".nf"
            yield from (_text(line) for line in lines[1:])
            yield ".fi"
        else:
            yield _text(" ".join(lines))


def _text(words: str) -> str:
    """One line of roff that shows these words and nothing else."""
    line = " ".join(words.split()).replace("\\", r"\e").replace("-", r"\-")
    line = "".join(sign if sign.isascii() else rf"\[u{ord(sign):04X}]" for sign in line)
    return rf"\&{line}" if line.startswith((".", "'")) else line
