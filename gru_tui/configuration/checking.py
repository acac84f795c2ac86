"""From a file's bytes to a checked configuration, or to one sentence."""

import difflib
import re
import tomllib
from collections.abc import Collection
from typing import Any, NoReturn

from gru_tui.configuration.errors import ConfigurationError
from gru_tui.configuration.keys import Fail, remapped, shown
from gru_tui.configuration.lines import line_of
from gru_tui.configuration.reading import MOST_BYTES, Configuration
from gru_tui.configuration.settings import SECTIONS, SETTINGS, Setting, setting

MOST_WORDS = 64  # of a command
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_LONG_KEY = re.compile(r"(?:\.\s*[\w\"'-]+\s*){32}\s*[=\]]")  # tomllib is slow on thousands of dots


def parsed(content: bytes, name: str, themes: Collection[str] = ()) -> Configuration:
    """The configuration in a file's bytes; `name` is what the sentence calls the file.

    Raises ConfigurationError.
    """
    text = _decoded(content, name)

    def fail(path: tuple[str, ...], words: str) -> NoReturn:
        line = line_of(text, *path)
        raise ConfigurationError(f"{name}, line {line}: {words}", line)

    tables = _tables(text, name)
    for section, table in tables.items():
        if section not in SECTIONS:
            fail((section,), _unknown(section, SECTIONS, "section", "the sections are"))
        if not isinstance(table, dict):
            fail((section,), f"{section} is a section; write [{section}] on a line of its own")
    values: dict[str, Any] = {}
    for row in SETTINGS:
        table = tables.get(row.section, {})
        if row.name in table:
            values[row.name] = _value(row, table[row.name], fail)
    for section in SECTIONS[1:]:
        for key in tables.get(section, {}):
            if setting(section, key) is None:
                names = [row.name for row in SETTINGS if row.section == section]
                fail((section, key), _unknown(key, names, "setting", f"[{section}] has"))
    if themes and values.get("theme") not in (None, *themes):
        fail(("app", "theme"), _unknown(values["theme"], sorted(themes), "theme", "the themes are"))
    return Configuration(keys=remapped(tables.get("keys", {}), fail), **values)


def _decoded(content: bytes, name: str) -> str:
    if len(content) > MOST_BYTES:
        raise ConfigurationError(
            f"{name} is larger than {MOST_BYTES // 1024} KB; no configuration is: "
            "is it another file?"
        )
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigurationError(
            f"{name}, line {line}: this is not UTF-8; save the file as UTF-8", line
        ) from error


def _tables(text: str, name: str) -> dict[str, Any]:
    for number, each in enumerate(text.split("\n"), 1):
        if _LONG_KEY.search(each):
            raise ConfigurationError(f"{name}, line {number}: no key has so many dots", number)
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigurationError(
            f"{name}: brackets are nested too deeply; no setting needs more than one list"
        ) from error
    except ValueError as error:  # TOMLDecodeError, and an integer of too many digits
        message = str(error)
        place = _PLACE.search(message)
        line = int(place[1]) if place and place[1] else text.count("\n") + 1 if place else 0
        words = message[: place.start()] if place else message
        where = f"{name}, line {line}" if line else name
        raise ConfigurationError(
            f'{where}: this is not TOML ({words[:1].lower() + words[1:120]}); write name = "value"',
            line,
        ) from error


def _value(row: Setting, value: Any, fail: Fail) -> object:
    path = (row.section, row.name)
    if row.kind is list:
        words: list[Any] = value if isinstance(value, list) else [None]
        if not all(isinstance(word, str) for word in words):
            fail(path, f"{row.name} needs {row.expected}")
        if len(words) > MOST_WORDS or any("\0" in word for word in words) or words[:1] == [""]:
            fail(path, f"{row.name} is no command; write {row.expected}")
        return tuple(words)
    if not isinstance(value, row.kind):
        fail(path, f"{row.name} needs {row.expected}")
    return value


def _unknown(word: str, known: Collection[str], kind: str, these: str) -> str:
    near = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"{these} {', '.join(known)}"
    return f'there is no {kind} "{shown(word)}"; {hint}'
