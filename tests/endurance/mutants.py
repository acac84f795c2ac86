"""Files that were changed at random, read in a process of its own that counts time and memory.

`python -m tests.endurance.mutants KIND,... FOLDER ROUNDS RANDOM_SEED` prints one JSON object.
"""

import io
import json
import random
import resource
import struct
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from corpora.added import Shelf
from corpora.errors import ReportedError
from engine.checkpoint import load_checkpoint, read_header
from engine.machine import Split
from engine.remembered import recall
from engine.sampling import generate
from engine.saving import Snapshot
from engine.trainer import Trainer
from gru_tui.runs import config, export, text
from gru_tui.runs.command import Inbox
from gru_tui.runs.run import Run
from gru_tui.runs.summary import Summary
from tests.whole.rewriting import joined, parts

Reader = Callable[[Path], None]
TOO_MUCH = 200 << 20  # bytes
DEEP = "[" * 3000 + "]" * 3000
NUMBERS: list[Any] = [-1, 0, 1, 7, 2**31, 2**62, 2**63, 2**64, 10**400, 1e308, -0.5, 1e-320]
TEXTS: list[Any] = ["", "a", "\n", "\x1b[31m", "\ud800", "x" * 5000, "[" * 500, "../../x", "\0"]
VALUES = [*NUMBERS, *TEXTS, None, True, [], {}, [[]], ["a", "a"], {"": None}]


# --- what reads each kind of file, as the program does ---


def read_checkpoint(path: Path) -> None:
    read_header(path).settings()
    checkpoint = load_checkpoint(path)
    assert checkpoint.hyperparameters
    Snapshot.from_checkpoint(checkpoint)
    if random.random() < 0.02:
        "".join(generate(checkpoint.model, "", length=3))
        with Trainer.resume(path, text.load(Run(path.parent.parent))) as trainer:
            assert trainer.step >= 0


def read_config(path: Path) -> None:
    run = Run(path.parent)
    assert config.read(path.parent)
    run.hyperparameters()


def read_commands(path: Path) -> None:
    for command in Inbox(path.parent).take():
        assert not isinstance(command, str) or "\n" not in command


def read_events(path: Path) -> None:
    summary = Summary(Run(path.parent))
    assert summary.state
    repr((summary.step, summary.epoch, summary.best_validation_loss, summary.curve))
    export.write_csv(path, io.BytesIO())
    export.write_samples(path, io.BytesIO())


def read_label(path: Path) -> None:
    run = Run(path.parent)
    assert run.name
    repr(run.label)


def read_shelf(path: Path) -> None:
    shelf = Shelf(path.parent)
    for listing in shelf.listings():
        shelf.path_of(listing.name)


def read_text(path: Path) -> None:
    corpus = text.load(Run(path.parent))
    assert len(corpus)
    assert int(corpus.ids.max()) < len(corpus.vocabulary)
    corpus.preview(100)


def read_split(path: Path) -> None:
    recall(path, Split)


READERS: dict[str, Reader] = {
    "checkpoints/last.safetensors": read_checkpoint,
    "run.json": read_config,
    "commands.jsonl": read_commands,
    "events.jsonl": read_events,
    "label.json": read_label,
    "corpora.json": read_shelf,
    "text.ids": read_text,
    "fast.split": read_split,
}


# --- mutants ---


def mutants(original: bytes, kind: str, rounds: int, chance: random.Random) -> Iterator[bytes]:
    for _ in range(rounds):
        structured = chance.random() < 0.5
        if kind.endswith(".safetensors"):
            yield _of_a_checkpoint(original, structured, chance)
        elif structured:
            yield _of_json(original, chance)
        else:
            yield scrambled(original, chance)


def scrambled(data: bytes, chance: random.Random) -> bytes:
    """Bytes flipped, cut, doubled, moved in or left out."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(found) + 1)
        length = min(len(found) - place, int(chance.expovariate(1 / 20)))
        what = chance.randrange(6)
        if what == 0:
            del found[place:]
        elif what == 1:
            del found[place : place + length]
        elif what == 2:
            found[place:place] = found[place : place + length]
        elif what == 3:
            found[place:place] = chance.randbytes(length)
        elif place < len(found):
            flipped = found[place] ^ 1 << chance.randrange(8)
            found[place] = flipped if what == 4 else chance.randrange(256)
    return bytes(found)


def _of_a_checkpoint(data: bytes, structured: bool, chance: random.Random) -> bytes:
    header, numbers = parts(data)
    del header["__metadata__"]["crc32"]  # a stranger writes none, or one that is right
    data = joined(header, numbers)
    if not structured:
        length = len(data) - len(numbers)
        if chance.random() < 0.2:
            return scrambled(data, chance)
        if chance.random() < 0.1:
            return struct.pack("<Q", chance.getrandbits(chance.randint(1, 64))) + data[8:]
        return scrambled(data[:length], chance) + numbers
    if chance.random() < 0.5:
        _spoil(header, chance)
    else:
        metadata = header["__metadata__"]
        name = chance.choice(list(metadata))
        holder = {"it": json.loads(metadata[name])}
        _spoil(holder, chance)
        metadata[name] = json.dumps(holder.get("it"))
    return joined(header, numbers)


def _of_json(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    places = [place for place, line in enumerate(lines) if line.startswith(b"{") and line != b"{"]
    whole = not places or data.startswith(b"{\n")
    place = 0 if whole else chance.choice(places)
    holder = {"it": msgspec.json.decode(data if whole else lines[place])}
    if chance.random() < 0.02:
        changed = data.replace(b":1,", b":" + DEEP.encode() + b",", 1)
        return changed if whole else b"\n".join([*lines[:place], changed, *lines[place:]])
    _spoil(holder, chance)
    encoded = json.dumps(holder.get("it")).encode()
    return encoded if whole else b"\n".join([*lines[:place], encoded, *lines[place + 1 :]])


def _spoil(node: Any, chance: random.Random) -> None:
    """Replace, remove, double or add something, anywhere inside."""
    while True:
        keys = list(node) if isinstance(node, dict) else range(len(node))
        if not keys:
            return
        key = chance.choice(keys)
        inner = node[key]
        if isinstance(inner, dict | list) and inner and chance.random() < 0.8:
            node = inner
            continue
        what = chance.randrange(4)
        if what == 0:
            del node[key]
        elif what == 1 and isinstance(inner, int | float) and not isinstance(inner, bool):
            node[key] = inner * chance.choice([-1, 0, 2, 10**6, 10**12]) + chance.choice([0, 1])
        elif what == 2 and isinstance(node, dict):
            node[chance.choice(keys)] = inner
        else:
            node[key] = chance.choice(VALUES)
        return


def tried(path: Path, kind: str, rounds: int, chance: random.Random) -> dict[str, float]:
    """Read so many mutants; the slowest in seconds of this process, the memory it grew by."""
    read, original = READERS[kind], path.read_bytes()
    read(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest, refused, accepted = 0.0, 0, 0
    for number, mutant in enumerate(mutants(original, kind, rounds, chance)):
        path.write_bytes(mutant)
        began = time.process_time()
        try:
            read(path)
            accepted += 1
        except ReportedError as error:
            assert "\n" not in str(error), str(error)  # noqa: PT017
            assert len(str(error)) < 1000, str(error)  # noqa: PT017
            refused += 1
        except BaseException:
            path.with_name(path.name + ".guilty").write_bytes(mutant)
            print(f"mutant {number} of {kind} is kept", file=sys.stderr)  # noqa: T201
            raise
        slowest = max(slowest, time.process_time() - began)
    path.write_bytes(original)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    return {"refused": refused, "accepted": accepted, "seconds": slowest, "bytes": grown}


def main() -> None:
    kinds, folder, rounds, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    random.seed(seed)
    found = {
        kind: tried(folder / kind, kind, rounds, random.Random(seed + kind))
        for kind in kinds.split(",")
    }
    print(json.dumps(found))  # noqa: T201


if __name__ == "__main__":
    main()
