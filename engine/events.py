"""What happens in a run, as typed records: one JSON object a line in events.jsonl.

The trainer yields the numeric ones; the run's process adds `run`, `state` and `answer`.
"""

from typing import Annotated, Any

import msgspec

FORMAT = "gru-tui/1"

MOST = 1 << 62  # of anything counted: beyond, somebody made it up; far beyond, no float holds it
Count = Annotated[int, msgspec.Meta(ge=0, le=MOST)]


class Event(msgspec.Struct, kw_only=True, tag_field="event"):
    """Common to all: wall-clock `time` (s since 1970), and where the run stands.

    `step` counts updates, `epoch` passes over the text, `seconds` the time without pauses,
    `characters` those that were trained on, each as often as it was read. All four are 0
    outside the training: in the first events of a process, up to `running`, which says where it
    goes on, and in warnings about notifications.
    """

    time: float = 0.0
    step: Count = 0
    epoch: float = 0.0
    seconds: float = 0.0
    characters: Count = 0


class RunStarted(Event, tag="run"):
    """First line of a run: the format and the whole configuration.

    `run` is its id, `parent` that of the run that it is a fork of, or "".
    """

    format: str = FORMAT
    run: str = ""
    name: str = ""
    corpus: str = ""
    hyperparameters: dict[str, Any] = {}
    processes: int = 1
    blas_threads: int = 1
    parent: str = ""


class Step(Event, tag="step", gc=False):
    """Means over the `count` steps since the last such event; loss in nats per character.

    `learning_rate` is that of the last of them, `gradient_norm` is before clipping. A figure that
    was not finite is None (null in the file). `memory` is what the trainer and its workers hold,
    in bytes; 0 where nobody measured it.
    """

    loss: float | None
    perplexity: float | None
    learning_rate: float
    gradient_norm: float | None
    characters_per_second: float
    count: int = 1
    memory: Count = 0


class Validation(Event, tag="validation"):
    """The loss over the validation part; `best` if none was lower so far. None: not finite.

    Two figures of the last training step tell how it learns. `update_ratio` is the norm of the
    step's change of all parameters over the norm of all parameters before it (about 0.001 is
    usual). `saturation` is the fraction of the sigmoid gates' activations in the step's batch
    below 0.05 or above 0.95: such a gate hardly learns. None where that step was not measured,
    as it did not know that a validation follows: before the first step, and at the end of a run
    that is bounded by epochs or time.
    """

    loss: float | None
    perplexity: float | None
    bits_per_character: float | None
    best: bool
    update_ratio: float | None = None
    saturation: float | None = None


class Sample(Event, tag="sample"):
    """Text that the model wrote (without the seed text)."""

    text: str
    temperature: float
    seed_text: str = ""
    command: str = ""


class CheckpointSaved(Event, tag="checkpoint"):
    """A checkpoint was kept; `kind` is step, best or last.

    `path` is the file's name in the folder of checkpoints; "" for one in memory alone.
    """

    path: str
    kind: str
    command: str = ""


class HyperparametersChanged(Event, tag="hyperparameters"):
    """Changes that took effect before this step: name -> [old, new]."""

    changed: dict[str, list[Any]]
    by: str = ""
    command: str = ""


class Rollback(Event, tag="rollback"):
    """Training diverged, and the run went back to `to_step` with half the learning rate.

    The loss or the gradient was not finite, or the loss had exploded (`Workspace.is_sound`).
    """

    to_step: Count
    reason: str
    learning_rate: float


class State(Event, tag="state"):
    """starting, running, paused, stopped, finished or failed, and why."""

    state: str
    reason: str = ""


class Answer(Event, tag="answer"):
    """The one answer that each command gets."""

    command: str
    ok: bool
    message: str = ""
    by: str = ""


class Warned(Event, tag="warning"):
    """Something that a person should know and that stopped nothing."""

    message: str


AnyEvent = (
    RunStarted
    | Step
    | Validation
    | Sample
    | CheckpointSaved
    | HyperparametersChanged
    | Rollback
    | State
    | Answer
    | Warned
)

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)


def encode(event: Event) -> bytes:
    """One line, newline included."""
    return _encoder.encode(event) + b"\n"


def decode(line: bytes) -> AnyEvent:
    """The event of one line; raises msgspec.DecodeError or ValidationError when it is none."""
    return _decoder.decode(line)


def decode_all(lines: list[bytes]) -> list[AnyEvent]:
    """The events of lines, none of them empty, all at once and faster; raises as `decode` does."""
    return _decoder.decode_lines(b"\n".join(lines))
