"""A person's configuration file: keys, theme and the like, in TOML. Read, checked, never written.

No Textual in here; `gru-tui config` reads it without an app.
"""

from gru_tui.configuration.errors import ConfigurationError
from gru_tui.configuration.reading import Configuration, configuration_path, read

__all__ = ["Configuration", "ConfigurationError", "configuration_path", "read"]
