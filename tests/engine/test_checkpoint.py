import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Hyperparameters, Trainer, generate, load_checkpoint
from engine.checkpoint import read_header, same_file
from engine.errors import CheckpointError, CheckpointWriteError
from engine.events import CheckpointSaved
from engine.numbered import numbered
from tests.engine.foreign_types import FOREIGN_TYPES, retyped

TEXT = "the quick brown fox jumps over the lazy dog; " * 20
SMALL = Hyperparameters(hidden_size=8, layers=2, embedding_size=4, epochs=0, steps=3, batch_size=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    with Trainer(TEXT, SMALL, folder=folder) as trainer:
        list(trainer)
    return folder


def test_a_checkpoint_holds_the_contract(folder: Path) -> None:
    checkpoint = load_checkpoint(folder / "last.safetensors")
    header = read_header(folder / "last.safetensors")
    assert header.format == "gru-tui/1"
    assert checkpoint.step == header.step == 3
    assert checkpoint.hyperparameters == SMALL
    assert header.vocabulary == sorted(set(TEXT))
    assert set(checkpoint.model.parameters) == set(header.architecture.shapes())
    assert checkpoint.corpus["sha256"]
    assert {"best.safetensors", "last.safetensors", "step-00000003.safetensors"} <= {
        path.name for path in folder.iterdir()
    }


def test_folders_and_files_may_be_named_by_strings(tmp_path: Path) -> None:
    with Trainer(TEXT, SMALL, folder=str(tmp_path)) as trainer:
        list(trainer)
    last = str(tmp_path / "last.safetensors")
    assert load_checkpoint(last).step == Trainer.resume(last, TEXT, folder=str(tmp_path)).step == 3
    assert Trainer.fork(last, TEXT, SMALL).step == 0


def test_a_folder_that_is_not_there_is_what_is_said_of_it(tmp_path: Path) -> None:
    with (
        Trainer(TEXT, SMALL, folder=tmp_path / "gone") as trainer,
        pytest.raises(CheckpointWriteError, match="there is no folder .*gone; make it") as caught,
    ):
        next(trainer)
    assert "room" not in str(caught.value)
    with pytest.raises(CheckpointWriteError, match="there is no folder .*gone; make it"):
        same_file(tmp_path / "a", tmp_path / "gone" / "b")


def test_torch_loads_it_into_its_own_modules(folder: Path) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    tensors = load_file(folder / "last.safetensors")
    model = torch.nn.ModuleDict(
        {
            "embedding": torch.nn.Embedding(*tensors["embedding.weight"].shape),
            "rnn": torch.nn.GRU(4, 8, 2),
            "head": torch.nn.Linear(8, len(tensors["head.bias"])),
        }
    )
    model.load_state_dict({name: tensors[name] for name in model.state_dict()})
    checkpoint = load_checkpoint(folder / "last.safetensors")
    greedy = "".join(generate(checkpoint.model, "the ", length=20, temperature=0))
    vocabulary, state, text = checkpoint.model.vocabulary, None, "the "
    for character in "the ":
        ids = torch.tensor([int(vocabulary.encode(character)[0])])
        output, state = model["rnn"](model["embedding"](ids), state)
    for _ in range(20):
        chosen = int(model["head"](output)[0].argmax())
        text += vocabulary.characters[chosen]
        output, state = model["rnn"](model["embedding"](torch.tensor([chosen])), state)
    assert text == "the " + greedy


@pytest.mark.parametrize(
    ("steps", "keep", "kept"),
    [(9, 2, [0, 2, 4, 8, 9]), (14, 3, [0, 2, 4, 8, 12, 13, 14]), (4, 6, [0, 1, 2, 3, 4])],
)
def test_of_old_numbered_checkpoints_those_stay_that_show_how_it_learned(
    steps: int, keep: int, kept: list[int], tmp_path: Path
) -> None:
    hyperparameters = Hyperparameters.from_mapping(
        {"steps": steps, "checkpoint_every": 1, "keep_checkpoints": keep}, SMALL
    )
    with Trainer(TEXT, hyperparameters, folder=tmp_path) as trainer:
        list(trainer)
    assert list(numbered(tmp_path)) == kept


def test_what_has_just_been_saved_stays_beside_higher_steps(tmp_path: Path) -> None:
    for steps in (9, 3):  # the second run begins anew in the first one's folder
        hyperparameters = Hyperparameters.from_mapping(
            {"steps": steps, "checkpoint_every": 1, "keep_checkpoints": 2}, SMALL
        )
        with Trainer(TEXT, hyperparameters, folder=tmp_path) as trainer:
            for event in trainer:
                assert not isinstance(event, CheckpointSaved) or (tmp_path / event.path).exists()


def test_a_file_of_somebody_else_is_let_be(tmp_path: Path) -> None:
    foreign = [tmp_path / f"step-{name}.safetensors" for name in ("00000000-2", "before")]
    for path in foreign:
        path.write_bytes(b"a copy")
    hyperparameters = Hyperparameters.from_mapping(
        {"steps": 4, "checkpoint_every": 1, "keep_checkpoints": 1}, SMALL
    )
    with Trainer(TEXT, hyperparameters, folder=tmp_path) as trainer:
        list(trainer)
    assert all(path.exists() for path in foreign)


def test_a_save_that_fails_leaves_the_older_checkpoint_and_the_trainer_whole(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "checkpoints"
    folder.mkdir()
    with Trainer(TEXT, SMALL, folder=folder) as trainer:
        while trainer.step < 1:
            next(trainer)
        before = (folder / "last.safetensors").read_bytes()
        moved = folder.rename(tmp_path / "away")
        with pytest.raises(CheckpointWriteError, match="could not be written.*resume"):
            trainer.save()
        assert (moved / "last.safetensors").read_bytes() == before
        moved.rename(folder)
        assert list(trainer)[-1].step == 3
    assert load_checkpoint(folder / "last.safetensors").step == 3


def rewritten(path: Path, change: Any) -> bytes:
    """The file's bytes with its header changed by `change`, as a stranger writes it: unchecked."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    del header["__metadata__"]["crc32"]
    change(header)
    encoded = json.dumps(header).encode()
    return struct.pack("<Q", len(encoded)) + encoded + data[8 + length :]


def set_metadata(name: str, value: object) -> Any:
    def change(header: dict[str, Any]) -> None:
        header["__metadata__"][name] = json.dumps(value)

    return change


HOSTILE = {
    "foreign": lambda header: header["__metadata__"].clear(),
    "newer format": set_metadata("format", "gru-tui/99"),
    "no json": lambda header: header["__metadata__"].update(architecture="{"),
    "wrong cell": set_metadata(
        "architecture",
        {"cell": "x", "layers": 2, "hidden_size": 8, "embedding_size": 4, "vocabulary_size": 29},
    ),
    "giant sizes": set_metadata(
        "architecture",
        {
            "cell": "gru",
            "layers": 2,
            "hidden_size": 10**9,
            "embedding_size": 4,
            "vocabulary_size": 29,
        },
    ),
    "a character twice": set_metadata("vocabulary", ["a"] * 29),
    "long characters": set_metadata("vocabulary", [f"c{n}" for n in range(29)]),
    "unknown id outside": set_metadata("unknown_id", 1000),
    "a step beyond all counting": set_metadata("step", 10**400),
    "an epoch beyond all numbers": set_metadata("epoch", 10**400),
    "a tensor missing": lambda header: header.update({"other": header.pop("head.bias")}),
    "a wrong shape": lambda header: header["head.bias"].update(
        shape=[1, *header["head.bias"]["shape"]]
    ),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_one_line_of_error(kind: str, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "hostile.safetensors"
    path.write_bytes(rewritten(folder / "last.safetensors", HOSTILE[kind]))
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", FOREIGN_TYPES)
@pytest.mark.parametrize(
    "name", ["head.bias", "adam.first_moment.head.bias", "adam.second_moment.head.bias"]
)
def test_numbers_of_a_type_that_numpy_lacks_are_refused(
    name: str, kind: str, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(retyped(folder / "last.safetensors", name, kind))
    with pytest.raises(CheckpointError, match=rf"{name} holds {kind}, but it must hold F32 or F64"):
        load_checkpoint(path)


@pytest.mark.parametrize("kind", ["BF16", "I32", "U8"])
def test_a_carried_state_of_another_type_is_refused(
    kind: str, folder: Path, tmp_path: Path
) -> None:
    width = {"BF16": 2, "I32": 4, "U8": 1}[kind]

    def change(header: dict[str, Any]) -> None:
        entry = header["state.hidden"]
        begin, end = entry["data_offsets"]
        entry.update(dtype=kind, shape=[(end - begin) // width])

    path = tmp_path / "foreign.safetensors"
    path.write_bytes(rewritten(folder / "last.safetensors", change))
    with pytest.raises(CheckpointError, match=rf"state\.hidden holds {kind}, but it must hold"):
        load_checkpoint(path)


def test_parameters_that_are_not_finite_are_refused(folder: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    path = folder / "last.safetensors"
    tensors = load_file(path)
    tensors["head.bias"][0] = np.nan
    header: dict[str, Any] = {}
    rewritten(path, lambda whole: header.update(whole["__metadata__"]))
    save_file(tensors, tmp_path / "nan.safetensors", metadata=header)
    with pytest.raises(CheckpointError, match=r"head\.bias holds values that are not finite"):
        load_checkpoint(tmp_path / "nan.safetensors")


@settings(max_examples=60)
@given(data=st.data())
def test_a_truncated_or_mutated_file_loads_or_is_refused(folder: Path, data: st.DataObject) -> None:
    original = (folder / "last.safetensors").read_bytes()
    length = data.draw(st.integers(0, len(original)))
    damaged = bytearray(original[:length])
    for _ in range(data.draw(st.integers(0, 3))):
        if damaged:
            damaged[data.draw(st.integers(0, min(len(damaged), 6000) - 1))] = data.draw(
                st.integers(0, 255)
            )
    path = folder / "damaged.safetensors"
    path.write_bytes(bytes(damaged))
    try:
        load_checkpoint(path)
    except CheckpointError as error:
        assert "\n" not in str(error)  # noqa: PT017
    finally:
        path.unlink()


def contents(path: Path) -> list[bytes]:
    """Everything that a checkpoint gives."""
    found = load_checkpoint(path)
    groups = (found.model.parameters, found.first_moments, found.second_moments, found.state)
    arrays = [group[name].tobytes() for group in groups for name in sorted(group)]
    return [repr((found.metadata, found.model.vocabulary)).encode(), *arrays]


def test_whichever_byte_is_damaged_a_checkpoint_is_refused_or_gives_what_was_written(
    folder: Path, tmp_path: Path
) -> None:
    original = (folder / "last.safetensors").read_bytes()
    written = contents(folder / "last.safetensors")
    path = tmp_path / "damaged.safetensors"
    refused = 0
    places = range(0, len(original), 53)
    for place in places:
        damaged = bytearray(original)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        try:
            assert contents(path) == written, f"byte {place}"
        except CheckpointError as error:
            assert str(path) in str(error)  # noqa: PT017
            refused += 1
    assert refused > len(places) - 5  # the name of the checksum itself may be hit


def test_a_checkpoint_without_a_checksum_is_taken_as_it_is(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "unchecked.safetensors"
    path.write_bytes(rewritten(folder / "last.safetensors", lambda header: None))
    assert contents(path) == contents(folder / "last.safetensors")


def test_a_missing_checkpoint_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint .*nothing"):
        load_checkpoint(tmp_path / "nothing.safetensors")


@pytest.mark.timeout(20)
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(CheckpointError, match=f"^{path} is no file; "):
            load_checkpoint(path)


COUNTERS = (
    *("step", "epoch_index", "character", "offset", "characters"),
    "worse_validations",
)
STEPS = ("validated_at", "rolled_back_at", "finished_at")  # -1: not yet


@pytest.mark.parametrize(
    ("counter", "value"),
    [
        *[(counter, -1) for counter in COUNTERS],
        *[(counter, value) for counter in (*COUNTERS, *STEPS) for value in (10**30, 10**400)],
        *[(step, -2) for step in STEPS],
        ("seconds", -2.0),
        ("seconds", 10**400),
        ("step", "many"),
    ],
    ids=lambda value: str(value)[:8],
)
def test_counters_that_cannot_be_are_refused(
    counter: str, value: object, folder: Path, tmp_path: Path
) -> None:
    last = folder / "last.safetensors"

    def change(header: dict[str, Any]) -> None:
        progress = json.loads(header["__metadata__"]["progress"]) | {counter: value}
        header["__metadata__"]["progress"] = json.dumps(progress)

    path = tmp_path / "damaged.safetensors"
    path.write_bytes(rewritten(last, change))
    with pytest.raises(CheckpointError, match="progress is damaged"):
        Trainer.resume(path, TEXT)


def test_where_no_link_can_be_made_a_second_name_is_a_copy_for_the_owner_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    def sync(descriptor: int) -> None:
        synced.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr("os.link", refuse)
    monkeypatch.setattr("os.fsync", sync)
    same_file(folder / "last.safetensors", tmp_path / "copy.safetensors")
    assert load_checkpoint(tmp_path / "copy.safetensors").step == 3
    assert [path.name for path in tmp_path.iterdir()] == ["copy.safetensors"]
    found = (tmp_path / "copy.safetensors").stat()
    assert found.st_ino in synced
    assert found.st_mode & 0o777 == 0o600
