"""The one base of every error that a person is meant to read."""


class ReportedError(Exception):
    """An error whose message is one sentence for the person at the keyboard.

    The sentence names the thing, its value, and what to do next. Programs print
    it without a traceback and leave with `exit_status`.
    """

    exit_status = 1


class UsageError(ReportedError):
    """What was asked for cannot be asked: a bad value, name or option."""

    exit_status = 2


class CorpusError(ReportedError):
    """A text that cannot be read or is too small to learn from."""
