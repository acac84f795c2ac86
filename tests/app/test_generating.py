"""The process that writes text: asked, answered, stopped, killed."""

import os
import queue
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import Hyperparameters, Trainer
from gru_tui.generation.process import AnyReply, Begun, Ended, Failed, Request, Scribe, Written

PATIENCE = 60.0
TEXT = "the quiet river runs beneath the hill, and every leaf is still.\n" * 30


class Ear:
    """Hears what a scribe answers."""

    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[AnyReply] = queue.SimpleQueue()
        self.scribe = Scribe(self._heard.put)

    def next(self) -> AnyReply:
        return self._heard.get(timeout=PATIENCE)

    def is_silent(self) -> bool:
        return self._heard.empty()

    def until_end(self) -> list[AnyReply]:
        heard = [self.next()]
        while not isinstance(heard[-1], Ended | Failed):
            heard.append(self.next())
        return heard

    def ask(self, request: Request) -> list[AnyReply]:
        self.scribe.ask(request)
        return self.until_end()


def text_of(replies: list[AnyReply]) -> str:
    return "".join(reply.text for reply in replies if isinstance(reply, Written))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("checkpoints")
    settings = Hyperparameters(layers=1, hidden_size=16, batch_size=4, sequence_length=16, steps=5)
    with Trainer(TEXT, settings, folder=folder) as trainer:
        for _ in trainer:
            pass
    return folder / "last.safetensors"


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.scribe.close()


def request(checkpoint: Path, number: int = 1, **settings: object) -> Request:
    return Request(number=number, checkpoint=os.fsencode(checkpoint), **settings)  # type: ignore[arg-type]


def test_a_text_of_the_asked_length_arrives(ear: Ear, checkpoint: Path) -> None:
    replies = ear.ask(request(checkpoint, seed_text="the ", length=50))
    assert isinstance(replies[0], Begun)
    assert replies[0].step == 5
    assert len(text_of(replies)) == 50
    assert replies[-1] == Ended(number=1, complete=True)


def test_the_random_seed_that_is_named_repeats_the_text(ear: Ear, checkpoint: Path) -> None:
    first = ear.ask(request(checkpoint, length=80))
    assert isinstance(first[0], Begun)
    again = ear.ask(request(checkpoint, 2, length=80, random_seed=first[0].random_seed))
    assert text_of(again) == text_of(first)
    other = ear.ask(request(checkpoint, 3, length=80))
    assert text_of(other) != text_of(first)


@pytest.mark.parametrize("choice", [{"temperature": 0.0}, {"top_k": 1}, {"top_p": 1e-6}])
def test_with_the_likeliest_character_alone_chance_has_no_say(
    ear: Ear, checkpoint: Path, choice: dict[str, float]
) -> None:
    texts = {
        text_of(ear.ask(request(checkpoint, number, length=80, random_seed=number, **choice)))
        for number in (1, 2)
    }
    assert len(texts) == 1


def test_a_text_can_be_stopped(ear: Ear, checkpoint: Path) -> None:
    ear.scribe.ask(request(checkpoint, length=100_000))
    while not isinstance(ear.next(), Written):
        pass
    ear.scribe.stop()
    assert ear.until_end()[-1] == Ended(number=1, complete=False)


def test_a_new_request_takes_the_place_of_the_one_before(ear: Ear, checkpoint: Path) -> None:
    ear.scribe.ask(request(checkpoint, 1, length=100_000))
    while not isinstance(ear.next(), Written):
        pass
    ear.scribe.ask(request(checkpoint, 2, length=10))
    assert ear.until_end()[-1] == Ended(number=1, complete=False)
    assert ear.until_end()[-1] == Ended(number=2, complete=True)


def test_a_seed_text_with_strange_characters_is_refused_by_name(ear: Ear, checkpoint: Path) -> None:
    failed = ear.ask(request(checkpoint, seed_text="naïve"))[-1]
    assert isinstance(failed, Failed)
    assert "ï" in failed.message
    assert isinstance(ear.ask(request(checkpoint, 2, length=5))[-1], Ended)


def test_half_a_character_in_the_seed_text_is_a_sentence(ear: Ear, checkpoint: Path) -> None:
    assert isinstance(ear.ask(request(checkpoint, seed_text="a\ud800"))[-1], Failed)


def test_a_checkpoint_that_is_gone_or_damaged_is_a_sentence(ear: Ear, tmp_path: Path) -> None:
    failed = ear.ask(request(tmp_path / "none.safetensors"))[-1]
    assert isinstance(failed, Failed)
    assert failed.message.startswith("the checkpoint none is gone; ")
    (tmp_path / "torn.safetensors").write_bytes(b"\x01\x02")
    failed = ear.ask(request(tmp_path / "torn.safetensors", 2))[-1]
    assert isinstance(failed, Failed)
    assert "\n" not in failed.message


def test_a_newer_checkpoint_under_the_same_name_is_read_again(
    ear: Ear, checkpoint: Path, tmp_path: Path
) -> None:
    path = tmp_path / "last.safetensors"
    path.write_bytes(checkpoint.read_bytes())
    assert isinstance(ear.ask(request(path, length=5))[0], Begun)
    settings = Hyperparameters(layers=1, hidden_size=16, batch_size=4, sequence_length=16, steps=9)
    with Trainer(TEXT, settings, folder=tmp_path) as trainer:
        for _ in trainer:
            pass
    begun = ear.ask(request(path, 2, length=5))[0]
    assert isinstance(begun, Begun)
    assert begun.step == 9


def test_a_killed_process_is_told_and_the_next_request_starts_another(
    ear: Ear, checkpoint: Path
) -> None:
    ear.scribe.ask(request(checkpoint, length=100_000))
    while not isinstance(ear.next(), Written):
        pass
    process = ear.scribe._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    failed = ear.until_end()[-1]
    assert isinstance(failed, Failed)
    assert failed.message.endswith(" ended by itself (exit status -9); ask again")
    assert isinstance(ear.ask(request(checkpoint, 2, length=5))[-1], Ended)


def test_a_process_that_is_killed_when_it_has_answered_is_not_missed(
    ear: Ear, checkpoint: Path
) -> None:
    ear.ask(request(checkpoint, length=5))
    process = ear.scribe._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    for thread in threading.enumerate():
        if thread.name == "scribe":
            thread.join(PATIENCE)
    assert ear.is_silent()


def test_the_last_words_of_a_process_that_breaks_are_told(ear: Ear, checkpoint: Path) -> None:
    failed = ear.ask(request(checkpoint, length="many"))[-1]
    assert isinstance(failed, Failed)
    assert "(exit status 1): msgspec.ValidationError: Expected `int`" in failed.message


def test_a_process_that_cannot_be_started_is_told(
    ear: Ear, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    failed = ear.ask(request(checkpoint))[-1]
    assert isinstance(failed, Failed)
    assert failed.message.endswith(" cannot be reached: No such file or directory")


def test_closing_ends_a_process_that_does_not_listen(
    ear: Ear, checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert isinstance(ear.ask(request(checkpoint, length=5))[-1], Ended)
    process = ear.scribe._process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    monkeypatch.setattr("gru_tui.generation.process.CLOSING_SECONDS", 0.01)
    ear.scribe.close()
    assert process.returncode == -signal.SIGKILL


def test_closing_ends_the_process_even_while_it_writes(ear: Ear, checkpoint: Path) -> None:
    ear.scribe.ask(request(checkpoint, length=100_000))
    while not isinstance(ear.next(), Written):
        pass
    process = ear.scribe._process
    assert process is not None
    ear.scribe.close()
    assert process.poll() is not None


def test_a_module_of_the_users_in_the_current_folder_does_no_harm(
    ear: Ear, checkpoint: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    assert isinstance(ear.ask(request(checkpoint, length=5))[-1], Ended)
