"""Texts that every Python brings along: the source of its standard library, and its reference.

Both are read from the Python that runs, so they differ a little between versions.
"""

import os
import sysconfig
from pathlib import Path

from corpora.corpus import Text, with_newlines
from corpora.errors import CorpusError
from corpora.folder import SEPARATOR

LEFT_OUT = frozenset(
    {
        "__pycache__",
        "site-packages",  # what was installed: not the same on two machines
        "dist-packages",
        "test",  # more than half of all, and most of it data to test with
        "tests",
        "idlelib",  # applications, not a library
        "turtledemo",
        "distutils",  # gone from newer versions
        "lib2to3",
        "ensurepip",
        "encodings",  # generated tables of code points
        "pydoc_data",  # prose: the corpus python-reference
    }
)


def python() -> Text:
    """The standard library's .py files, sorted by path: about 8 MB.

    Left out, as LEFT_OUT says: what others installed, and what is not a library's source.
    Raises CorpusError where this Python has no sources.
    """
    root = sysconfig.get_path("stdlib")
    texts = [text for path in _sources(root) if (text := _read(path))]
    if not texts:
        raise CorpusError(
            f"this Python has no sources of its standard library in {root}; choose another corpus"
        )
    return Text(SEPARATOR.join(texts))


def _sources(root: str) -> list[str]:
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [
            name for name in folders if name not in LEFT_OUT and not name.startswith("config-")
        ]
        # _sysconfigdata_*.py holds the paths of the machine that this Python was built on.
        found += [
            os.path.join(folder, name)
            for name in names
            if name.endswith(".py") and not name.startswith("_sysconfigdata")
        ]
    return sorted(found, key=lambda path: path.split(os.sep))


def _read(path: str) -> str:
    """The source; nothing for a file that cannot be read or is in another encoding."""
    try:
        return with_newlines(Path(path).read_bytes().decode("utf-8").removeprefix("\ufeff"))
    except (OSError, UnicodeDecodeError):
        return ""


def python_reference() -> Text:
    """The prose of `help()`'s topics, sorted by name: half a megabyte of the language reference.

    Raises CorpusError where this Python was installed without it.
    """
    try:
        from pydoc_data.topics import topics
    except ImportError as error:
        raise CorpusError(
            "this Python was installed without pydoc_data, which holds its reference; choose "
            "another corpus, or install the whole standard library"
        ) from error
    return Text(with_newlines(SEPARATOR.join(topics[name] for name in sorted(topics))))
