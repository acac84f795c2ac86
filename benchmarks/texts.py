"""A large text: how fast it is read for the first time, and again; how much memory it takes.

The text is made in a temporary folder, so it is in the system's page cache when it is read:
the disk is not measured. Reading means decoding, vocabulary, sha256, encoding to ids and the
cache file, all in `corpora.load`, in a fresh process with an empty cache. The second start
is a fresh process with the cache that the first one left. Memory is each process's peak
resident set, pages of mapped files included.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from record import Record, Row, deliver, output_options
from rounds import Answer, Contender, ContenderError
from table import Table, number

MEGABYTE = 1_000_000
BLOCKS = 16  # different ones, in random order
BLOCK_WORDS = 200_000
TRAINING_STEPS = 20
SMALL = 1  # megabytes: what training on the large text is compared with
ENDS = (" ", " ", " ", " ", " ", " ", ", ", ". ", ".\n", "; ")
LETTERS = "abcdefghijklmnopqrstuvwxyz" * 3 + "ABCDEFGHIJ"
KINDS = {
    "ascii": (LETTERS, ENDS),
    "accented": (LETTERS + "éüßñ", (*ENDS, " \u2014 ", "\u201d ", " \u201c")),
}


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    output_options(parser)
    parser.add_argument("--megabytes", type=int, help="of the text; default 1000")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--folder", type=Path, help="where the text is made; default /tmp's like")
    options = parser.parse_args()
    if options.megabytes is None:
        options.megabytes = 20 if options.quick else 1000
    return options


def make_text(path: Path, kind: str, megabytes: float) -> None:
    """Made-up words in lines and sentences; every block begins with its number."""
    rng = np.random.default_rng(0)
    letters, ends = KINDS[kind]
    blocks = [_block(rng, letters, ends) for _ in range(BLOCKS)]
    left = int(megabytes * MEGABYTE)
    number_of_block = 0
    with path.open("wb") as file:
        while left > 0:
            block = f"\n{number_of_block}\n".encode() + blocks[rng.integers(BLOCKS)]
            if left < len(block):  # at a character's end
                block = block[:left].decode(errors="ignore").encode() or b"\n"
                left = len(block)
            file.write(block)
            left -= len(block)
            number_of_block += 1


def _block(rng: np.random.Generator, letters: str, ends: Sequence[str]) -> bytes:
    alphabet = np.array(list(letters))
    lengths = rng.integers(2, 9, 3000)
    words = ["".join(rng.choice(alphabet, length)) for length in lengths]
    chosen = rng.integers(len(words), size=BLOCK_WORDS)
    closings = rng.integers(len(ends), size=BLOCK_WORDS)
    pairs = zip(chosen, closings, strict=True)
    return "".join(words[word] + ends[end] for word, end in pairs).encode()


def measure(kind: str, options: argparse.Namespace) -> Row:
    """First and second start, and training, on one kind of text. Raises ContenderError."""
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        large, small = folder / "large.txt", folder / "small.txt"
        make_text(large, kind, options.megabytes)
        make_text(small, kind, SMALL)
        first, second = _loaded(large, folder), _loaded(large, folder)
        trained = _loaded(large, folder, TRAINING_STEPS)
        trained_small = _loaded(small, folder, TRAINING_STEPS)
        size = large.stat().st_size
        cached = sum(path.stat().st_size for path in (folder / "cache").glob("*"))
    if first["sha256"] != second["sha256"]:
        raise ContenderError("the cache gave another text than the file")
    return {
        "kind": kind,
        "bytes": size,
        "characters": first["characters"],
        "vocabulary": first["vocabulary"],
        "seconds": first["seconds"],
        "megabytes_per_second": size / MEGABYTE / first["seconds"],
        "peak_memory_mb": first["peak_memory_mb"],
        "second_seconds": second["seconds"],
        "second_peak_memory_mb": second["peak_memory_mb"],
        "training_peak_memory_mb": trained["peak_memory_mb"],
        "small_training_peak_memory_mb": trained_small["peak_memory_mb"],
        "before_mb": first["before_mb"],
        "cache_bytes": cached,
    }


def _loaded(path: Path, folder: Path, steps: int = 0) -> Answer:
    """What a fresh process says of reading it, and of training that many steps on it."""
    with Contender("text", {"path": str(path), "cache": str(folder / "cache")}) as worker:
        return worker.ask(steps=steps)


def tables(record: Record) -> list[Table]:
    """One row a text."""
    heads = ["text", "MB", "first start s", "MB/s", "peak MB", "second start s", "peak MB"]
    heads += ["training peak MB", f"the same, {SMALL} MB text"]
    return [Table("reading a large text", heads, [_cells(row) for row in record.rows])]


def _cells(row: Row) -> list[str]:
    return [
        f"{row['kind']}, {row['vocabulary']} characters",
        number(row["bytes"] / MEGABYTE, 0),
        number(row["seconds"]),
        number(row["megabytes_per_second"], 0),
        number(row["peak_memory_mb"], 0),
        number(row["second_seconds"], 3),
        number(row["second_peak_memory_mb"], 0),
        number(row["training_peak_memory_mb"], 0),
        number(row["small_training_peak_memory_mb"], 0),
    ]


def main() -> None:
    """Every kind of text."""
    options = arguments()
    record = Record.begin("texts", {"megabytes": options.megabytes})
    for kind in options.kinds:
        try:
            record.add(measure(kind, options), options.write)
        except ContenderError as error:
            sys.exit(f"{kind}: {error}")
    deliver(record, options, tables)


if __name__ == "__main__":
    main()
