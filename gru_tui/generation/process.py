"""Generating text in a process of its own, which the app asks and whose answers stream back.

A process and not a thread: drawing characters is thousands of short NumPy calls a second,
and in a thread each of them would fight the screen for the interpreter lock, the more so
while a run trains on all cores. A process can also be killed, whatever it is doing. It stays
between requests, with the model in memory, so that only the first one waits for it.
"""

import contextlib
import os
import queue
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import msgspec

from corpora.errors import ReportedError
from gru_tui import child
from gru_tui.generation.fields import MOST_RANDOM_SEED

if TYPE_CHECKING:
    from engine.checkpoint import Checkpoint

FLUSH_SECONDS = 0.04  # text is handed over in pieces of about this length
CONTEXT = 4_000  # characters of seed text that are read; none of these models remembers more
CLOSING_SECONDS = 1.0


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to write. `checkpoint` is a path (bytes, as the system knows it).

    A `random_seed` of None asks for a fresh one, which the answer names.
    """

    number: int
    checkpoint: bytes
    seed_text: str = ""
    length: int = 1000
    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    random_seed: int | None = None


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Common to all answers: the number of the request that they belong to."""

    number: int


class Begun(Reply, frozen=True, kw_only=True):
    """The model is there: which one, and the random seed that repeats its text."""

    step: int
    random_seed: int


class Written(Reply, frozen=True, kw_only=True):
    """The next piece of text."""

    text: str


class Ended(Reply, frozen=True, kw_only=True):
    """No more text for this request: it is complete, or a later request took its place."""

    complete: bool


class Failed(Reply, frozen=True, kw_only=True):
    """The text cannot be written; a sentence for the person at the keyboard."""

    message: str


AnyReply = Begun | Written | Ended | Failed
_replies: msgspec.json.Decoder[AnyReply] = msgspec.json.Decoder(AnyReply)
_requests: msgspec.json.Decoder[Request | None] = msgspec.json.Decoder(Request | None)


class Scribe:
    """The app's end: starts the process when it is needed, asks it, and hands on its answers.

    `on_reply` is called from a thread of the scribe's own. `ask` and `close` may take a
    moment: call them off the event loop. A request ends the one before it.
    """

    def __init__(self, on_reply: Callable[[AnyReply], None]) -> None:
        self._on_reply = on_reply
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._asked: int | None = None  # the request that is not answered yet

    def warm_up(self) -> None:
        """Start the process, so that the first request need not wait for its imports."""
        with self._lock:
            self._ensure_running()

    def ask(self, request: Request) -> None:
        """Begin writing. What goes wrong arrives as a Failed answer."""
        with self._lock:
            self._asked = request.number
            try:
                process = self._ensure_running()
                _send(process, msgspec.json.encode(request))
            except UnicodeEncodeError:
                message = "the seed text holds half of a character; delete it"
                self._on_reply(Failed(number=request.number, message=message))
            except OSError as error:
                message = f"the process that writes text cannot be reached: {error.strerror}"
                self._on_reply(Failed(number=request.number, message=message))

    def stop(self) -> None:
        """End the current request; its Ended answer follows."""
        with self._lock, contextlib.suppress(OSError):
            if self._process is not None:
                _send(self._process, b"null")

    def close(self) -> None:
        """End the process."""
        with self._lock:
            process, self._process, self._asked = self._process, None, None
        if process is None or process.stdin is None:
            return
        with contextlib.suppress(OSError):
            process.stdin.close()
        try:
            process.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def leave(self) -> None:
        """`close`, without waiting for the end of the process."""
        # No worker of a screen: those end with it. No daemon: the process must not outlive the app.
        threading.Thread(target=self.close, name="closing").start()

    def _ensure_running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the thread that reads it
            try:
                self._process = subprocess.Popen(
                    child.argv("gru_tui.generation.process"),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    start_new_session=True,
                    env=_environment(),
                )
            except OSError:
                complaints.close()
                raise
            threading.Thread(
                target=self._follow, args=(self._process, complaints), name="scribe", daemon=True
            ).start()
        return self._process

    def _follow(self, process: subprocess.Popen[bytes], complaints: IO[bytes]) -> None:
        if process.stdout is None:
            return
        with complaints, process.stdout:
            for line in process.stdout:
                reply = _replies.decode(line)
                if isinstance(reply, Ended | Failed):
                    self._answered(reply.number)
                self._on_reply(reply)
            status = process.wait()
            complaints.seek(0)
            with contextlib.suppress(OSError):
                if process.stdin is not None:
                    process.stdin.close()
            reason = complaints.read().decode(errors="replace").strip().rpartition("\n")[2]
        number = self._left_unanswered(process)
        if number is not None:
            words = f"the process that writes text ended by itself (exit status {status})"
            message = f"{words}: {reason}" if reason else f"{words}; ask again"
            self._on_reply(Failed(number=number, message=message))

    def _answered(self, number: int) -> None:
        with self._lock:
            if self._asked == number:
                self._asked = None

    def _left_unanswered(self, process: subprocess.Popen[bytes]) -> int | None:
        with self._lock:
            if self._process is not process:
                return None
            number, self._asked = self._asked, None
            return number


def _send(process: subprocess.Popen[bytes], line: bytes) -> None:
    if process.stdin is not None:
        process.stdin.write(line + b"\n")
        process.stdin.flush()


def _environment() -> dict[str, str]:
    """A child's, and BLAS kept from spreading over the cores.

    One stream's products are too small to share; the cores belong to the run that trains.
    """
    threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return {**child.environment(), **threads}


class Desk:
    """The process's end: reads requests, keeps the last model, writes answers."""

    def __init__(self, requests: IO[bytes], answers: IO[bytes]) -> None:
        self._answers = answers
        self._waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._model: tuple[tuple[object, ...], Checkpoint] | None = None
        threading.Thread(target=self._receive, args=(requests,), daemon=True).start()

    def serve(self) -> None:
        """Answer until there is nobody who asks any more."""
        # What takes long happens before the first request.
        import engine.checkpoint
        import engine.sampling  # noqa: F401

        while line := self._waiting.get():
            request = _requests.decode(line)
            if request is not None:
                try:
                    self._write(request)
                except ReportedError as error:
                    self._answer(Failed(number=request.number, message=str(error)))

    def _receive(self, requests: IO[bytes]) -> None:
        for line in requests:
            self._waiting.put(line)
        self._waiting.put(b"")  # the app has gone

    def _write(self, request: Request) -> None:
        from engine.sampling import generate

        checkpoint = self._load(Path(os.fsdecode(request.checkpoint)))
        random_seed = request.random_seed
        if random_seed is None:
            random_seed = secrets.randbelow(MOST_RANDOM_SEED + 1)
        characters = generate(
            checkpoint.model,
            request.seed_text[-CONTEXT:],
            length=request.length,
            temperature=request.temperature,
            top_k=request.top_k,
            top_p=request.top_p,
            random_seed=random_seed,
        )
        begun = Begun(
            number=request.number,
            step=checkpoint.step,
            random_seed=random_seed,
        )
        self._answer(begun)
        piece: list[str] = []
        flushed = time.monotonic()
        for character in characters:
            piece.append(character)
            if time.monotonic() - flushed > FLUSH_SECONDS:
                self._hand_over(request, piece)
                piece, flushed = [], time.monotonic()
            if not self._waiting.empty():
                break
        self._hand_over(request, piece)
        self._answer(Ended(number=request.number, complete=self._waiting.empty()))

    def _hand_over(self, request: Request, piece: list[str]) -> None:
        # A foreign checkpoint may have half a character in its vocabulary, which JSON cannot say.
        text = "".join(piece).encode(errors="replace").decode()
        self._answer(Written(number=request.number, text=text))

    def _load(self, path: Path) -> "Checkpoint":
        from engine.checkpoint import load_checkpoint
        from engine.errors import CheckpointError

        try:
            found = path.stat()
        except FileNotFoundError as error:
            raise CheckpointError(
                f"the checkpoint {path.stem} is gone; a run that trains keeps only its newest ones"
            ) from error
        except OSError as error:
            raise CheckpointError(f"{path} cannot be read: {error.strerror}") from error
        version = (path, found.st_ino, found.st_mtime_ns, found.st_size)
        if self._model is None or self._model[0] != version:
            self._model = None  # two large models need not fit into memory at once
            self._model = (version, load_checkpoint(path))
        return self._model[1]

    def _answer(self, reply: AnyReply) -> None:
        self._answers.write(msgspec.json.encode(reply) + b"\n")
        self._answers.flush()


def main() -> None:
    """`python -m gru_tui.generation.process`: JSON lines from stdin, and to stdout."""
    with contextlib.suppress(BrokenPipeError):
        # Not sys.stdin: Python aborts where a thread still reads that at its end, and hides why.
        Desk(os.fdopen(0, "rb", closefd=False), sys.stdout.buffer).serve()


if __name__ == "__main__":
    main()
