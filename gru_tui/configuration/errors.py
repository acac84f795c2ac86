"""What is wrong with a configuration file, and in which line."""

from corpora.errors import ReportedError, UsageError


class ConfigurationError(ReportedError):
    """One sentence: the file, the line, what stands there, what to do. `line` 0: the whole file."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.line = line


class NoPathError(ConfigurationError, UsageError):
    """The variable that says where the file is names no place."""
