"""The hyperparameters: their types, defaults, bounds, units and plain explanations.

The annotations below are the only table. The command line's options, the form's
fields and every error message are written from it.
"""

import difflib
import typing
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from engine.errors import HyperparameterError
from engine.fields import Field, Value, shown


def _meta(
    description: str,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    unit: str = "",
    live: bool = False,
) -> Meta:
    extra: dict[str, object] = {"unit": unit, "live": live}
    if above is not None:
        return Meta(gt=above, le=most, description=description, extra=extra)
    return Meta(ge=least, le=most, description=description, extra=extra)


class Hyperparameters(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting of a run. `from_mapping` checks the values at once, a Trainer at its beginning.

    An interval of 0 means "chosen from the size of the text"; a bound of 0 means "no bound".
    """

    cell: Annotated[
        Literal["gru", "cifg", "lstm"],
        _meta("the recurrent cell: gru, cifg (LSTM with coupled gates) or lstm"),
    ] = "gru"
    layers: Annotated[
        int, _meta("how many cells are stacked; depth helps up to about three", least=1, most=8)
    ] = 3
    hidden_size: Annotated[
        int, _meta("units in each layer: more can learn more, and train slower", least=1, most=8192)
    ] = 192
    embedding_size: Annotated[
        int,
        _meta("length of the vector that stands for a character; 0 is one-hot", least=0, most=4096),
    ] = 0
    ngram_order: Annotated[
        int,
        _meta(
            "characters the input looks up together: 3 is pairs and triples, 1 none",
            least=1,
            most=8,
        ),
    ] = 1
    ngram_size: Annotated[
        int,
        _meta(
            "length of the vector that stands for each such group of characters",
            least=0,
            most=4096,
        ),
    ] = 64
    input_norm: Annotated[
        bool,
        _meta("gates read the input at the same strength for every character; learns faster"),
    ] = False
    initialisation: Annotated[
        Literal["orthogonal", "glorot"],
        _meta("first values of the recurrent weights; input weights are always Glorot-uniform"),
    ] = "orthogonal"
    validation_fraction: Annotated[
        float,
        _meta("the end of the text that is never trained on, only measured", least=0, most=0.5),
    ] = 0.1
    lower_case: Annotated[bool, _meta("turn the text into lower case first")] = False
    min_count: Annotated[
        int,
        _meta("characters rarer than this become one unknown symbol", least=1, most=1_000_000),
    ] = 1
    random_seed: Annotated[
        int, _meta("the integer that makes the run repeatable", least=0, most=2**32 - 1)
    ] = 0
    processes: Annotated[
        int, _meta("processes that share the units; 0 chooses for this machine", least=0, most=256)
    ] = 0
    blas_threads: Annotated[
        int,
        _meta("BLAS threads of one process alone; 0 chooses for this machine", least=0, most=256),
    ] = 0

    learning_rate: Annotated[
        float,
        _meta(
            "how far each step moves the parameters; 0.001 to 0.01 is usual",
            above=0,
            most=1e9,
            live=True,
        ),
    ] = 0.006
    schedule: Annotated[
        Literal["cosine", "linear", "constant"],
        _meta("how the learning rate falls from its start to its end", live=True),
    ] = "cosine"
    warm_up: Annotated[
        int,
        _meta(
            "steps in which the learning rate rises from 0; a fifth of the run at most",
            least=0,
            most=10_000_000,
            unit="steps",
            live=True,
        ),
    ] = 100
    final_learning_rate: Annotated[
        float,
        _meta(
            "where the schedule ends, as a part of the learning rate", least=0, most=1, live=True
        ),
    ] = 0.0
    batch_size: Annotated[
        int,
        _meta(
            "parallel streams of text in one step",
            least=1,
            most=65_536,
            unit="streams",
            live=True,
        ),
    ] = 32
    sequence_length: Annotated[
        int,
        _meta(
            "characters that gradients flow back through",
            least=1,
            most=65_536,
            unit="characters",
            live=True,
        ),
    ] = 64
    dropout: Annotated[
        float,
        _meta(
            "part of each layer's outputs silenced, against overfitting",
            least=0,
            most=0.95,
            live=True,
        ),
    ] = 0.0
    loss_temperature: Annotated[
        float,
        _meta(
            "softmax temperature while training; below 1 the model will be less sure",
            least=0.1,
            most=10,
            live=True,
        ),
    ] = 1.0
    weight_decay: Annotated[
        float,
        _meta(
            "pull of the weights towards 0, apart from the gradient", least=0, most=100, live=True
        ),
    ] = 0.1
    gradient_clip: Annotated[
        float,
        _meta(
            "longest gradient (global norm) that a step may use; 0 never clips",
            least=0,
            most=1e9,
            live=True,
        ),
    ] = 1.0
    beta1: Annotated[
        float, _meta("how long Adam remembers the gradient's mean", least=0, most=0.9999, live=True)
    ] = 0.9
    beta2: Annotated[
        float,
        _meta("how long Adam remembers the gradient's square", least=0, most=0.999999, live=True),
    ] = 0.99
    nesterov: Annotated[
        bool,
        _meta("Adam's mean of the gradients looks a step ahead; learns a little faster", live=True),
    ] = False
    epochs: Annotated[
        int,
        _meta(
            "passes over the text until the run ends; 0 is no bound",
            least=0,
            most=1_000_000,
            unit="epochs",
            live=True,
        ),
    ] = 10
    steps: Annotated[
        int,
        _meta(
            "steps until the run ends; 0 is no bound", least=0, most=10**12, unit="steps", live=True
        ),
    ] = 0
    max_seconds: Annotated[
        float,
        _meta(
            "seconds of work until the run ends; 0 is no bound",
            least=0,
            most=1e9,
            unit="s",
            live=True,
        ),
    ] = 0.0
    patience: Annotated[
        int,
        _meta(
            "validations without a better one until the run ends; 0 is no bound",
            least=0,
            most=1_000_000,
            unit="validations",
            live=True,
        ),
    ] = 0
    validate_every: Annotated[
        int,
        _meta(
            "steps between validations; 0 is about once an epoch",
            least=0,
            most=10**9,
            unit="steps",
            live=True,
        ),
    ] = 0
    checkpoint_every: Annotated[
        int,
        _meta(
            "steps between checkpoints; 0 is after each validation",
            least=0,
            most=10**9,
            unit="steps",
            live=True,
        ),
    ] = 0
    keep_checkpoints: Annotated[
        int,
        _meta(
            "newest checkpoints that stay on disk; older ones only at doubling steps",
            least=1,
            most=10_000,
            live=True,
        ),
    ] = 3
    sample_every: Annotated[
        int,
        _meta(
            "steps between samples; 0 is every few seconds",
            least=0,
            most=10**9,
            unit="steps",
            live=True,
        ),
    ] = 0
    sample_length: Annotated[
        int,
        _meta("characters in a sample", least=1, most=100_000, unit="characters", live=True),
    ] = 200
    sample_temperature: Annotated[
        float,
        _meta(
            "0 always takes the likeliest character, 1 is as learnt, above is wilder",
            least=0,
            most=100,
            live=True,
        ),
    ] = 0.8

    @classmethod
    def from_mapping(
        cls, values: Mapping[str, object], base: "Hyperparameters | None" = None
    ) -> "Hyperparameters":
        """Check `values` (strings are parsed) and lay them over `base` or the defaults.

        Raises HyperparameterError, naming the first value that is unknown or out of bounds.
        """
        checked = {field(name).name: field(name).parse(value) for name, value in values.items()}
        return msgspec.structs.replace(base if base is not None else cls(), **checked)

    def checked(self) -> "Hyperparameters":
        """The same, for who has built one without `from_mapping`. Raises HyperparameterError."""
        return self.from_mapping(self.to_mapping())

    def to_mapping(self) -> dict[str, typing.Any]:
        """Every name and value, in the order of the table."""
        return msgspec.structs.asdict(self)


def _field(name: str, annotation: object, default: Value) -> Field:
    kind, meta = typing.get_args(annotation)
    choices: tuple[str, ...] = ()
    if typing.get_origin(kind) is Literal:
        choices, kind = typing.get_args(kind), str
    extra = meta.extra
    return Field(
        name=name,
        kind=kind,
        default=default,
        description=meta.description,
        unit=extra["unit"],
        live=extra["live"],
        choices=choices,
        least=meta.ge,
        above=meta.gt,
        most=meta.le,
    )


_DEFAULTS = Hyperparameters().to_mapping()
FIELDS: tuple[Field, ...] = tuple(
    _field(name, annotation, _DEFAULTS[name])
    for name, annotation in typing.get_type_hints(Hyperparameters, include_extras=True).items()
)
LIVE: frozenset[str] = frozenset(field.name for field in FIELDS if field.live)
# What a checkpoint's parameters and vocabulary were made for: a fork cannot change it either.
OF_THE_MODEL = frozenset(
    {
        "cell",
        "layers",
        "hidden_size",
        "embedding_size",
        "ngram_order",
        "ngram_size",
        "input_norm",
        "lower_case",
        "min_count",
        "initialisation",
    }
)
_BY_NAME = {field.name: field for field in FIELDS}


def spelled(name: str) -> str:
    """`name` as the table has it: "-" counts as "_"."""
    return name.strip().replace("-", "_")


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split("_"))


def field(name: str) -> Field:
    """The field of that name (see `spelled`). Raises HyperparameterError with the nearest."""
    wanted = spelled(name)
    known = _BY_NAME.get(wanted)
    if known is None:
        near = difflib.get_close_matches(wanted, _BY_NAME, n=1, cutoff=0.6)
        # A part of a name, as in clip, seed and rate, or its initials, as in lr.
        near = near or [other for other in _BY_NAME if len(wanted) > 2 and wanted in other]
        near = near or [other for other in _BY_NAME if "_" in other and wanted == _initials(other)]
        hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(_BY_NAME)
        raise HyperparameterError(name, f"there is no hyperparameter {shown(name)}; {hint}")
    return known


def live_changes(values: Mapping[str, object]) -> dict[str, Value]:
    """`values` checked as changes to a running run.

    Raises HyperparameterError also for a field that is fixed once a run has begun.
    """
    checked: dict[str, Value] = {}
    for name, value in values.items():
        known = field(name)
        if not known.live:
            way = "begin a new run" if known.name in OF_THE_MODEL else "fork the run"
            raise HyperparameterError(
                known.name, f"{known.name} is fixed once a run has begun; {way} to change it"
            )
        checked[known.name] = known.parse(value)
    return checked
