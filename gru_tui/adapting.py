"""A preset fitted to the text and to the machine: what changes, and why.

A preset's model is the one that learns most in its time from a text of a million characters on
two cores. A few rules carry it over to another text and another machine; `docs/learning-speed.md`
has the measurements behind them. Presets without a time (`default`, `original`, `tiny`) are what
they say, everywhere.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from engine.fields import Value
from engine.hyperparameters import Hyperparameters

SIZES = (32, 48, 64, 96, 128, 160, 192, 224, 256, 320, 384, 512)
KEPT = 0.75  # of the speed of the default model's best step, by a whole run of a preset
LEAST_PER_WEIGHT = 4.5  # characters trained on for each weight: a larger model would not get ready
PLENTY_PER_WEIGHT = 15  # so many are enough for a larger model than the preset's
MOST_WEIGHTS = 2.5  # for each character of the text: a larger model would learn it by heart
MOST_IN_GROWN = 1.7  # the same for a model that is larger than the preset's: 2.3 were too many
HIGHEST_RATE = 0.01  # where the rate grows because there are fewer units
DROPOUT = ((12, 0.0), (30, 0.1), (80, 0.2), (math.inf, 0.3))  # up to so many epochs
# The same for presets that are made for few epochs: at least so much weight decay.
WEIGHT_DECAY = ((12, 0.0), (30, 0.2), (math.inf, 0.5))
MOST_FOR_NGRAMS = 6  # epochs: in more, their tables learn the text by heart
INSTEAD_OF_NGRAMS = 0.2  # weight decay, which normalised inputs bear
FEW_EPOCHS = 2  # below, no model is too sure of what it has read
STEPS_IN_AN_EPOCH = 20  # at least, so that a short text still gets many updates
MANY_CHARACTERS = 1000  # in a vocabulary
RARE = 3  # times: characters that occur less often become one, in a large vocabulary


@dataclass(frozen=True)
class Circumstances:
    """What a preset is fitted to.

    `speed` is `engine.speed.characters_per_second`, None where it is not known.
    """

    characters: int  # of the training part
    vocabulary: int
    speed: float | None = None


def fitted(
    preset: Mapping[str, Value], here: Circumstances
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """The preset's values as they suit the circumstances, and a sentence for each change."""
    values = dict(preset)
    reasons: list[str] = []
    if not preset.get("max_seconds"):
        return values, ()
    if here.vocabulary > MANY_CHARACTERS and "min_count" not in preset:
        values["min_count"] = RARE
        reasons.append(
            f"min_count {RARE}: of {here.vocabulary:,} different characters many are too rare "
            "to be learnt"
        )
    _fit_batch(values, here, reasons)
    _fit_model(values, here, reasons)
    _fit_ngrams(values, here, reasons)
    _fit_dropout(values, here, reasons)
    if "dropout" not in preset:
        _fit_weight_decay(preset, values, here, reasons)
    _fit_temperature(values, here, reasons)
    return values, tuple(reasons)


def _fit_batch(values: dict[str, Value], here: Circumstances, reasons: list[str]) -> None:
    settings = Hyperparameters.from_mapping(values)
    streams = settings.batch_size
    while streams > 1 and streams * settings.sequence_length * STEPS_IN_AN_EPOCH > here.characters:
        streams //= 2
    if streams < settings.batch_size:
        values["batch_size"] = streams
        reasons.append(
            f"batch_size {streams}: an epoch of {here.characters:,} characters would have "
            f"fewer than {STEPS_IN_AN_EPOCH} steps"
        )


def _fit_model(values: dict[str, Value], here: Circumstances, reasons: list[str]) -> None:
    settings = Hyperparameters.from_mapping(values)

    def with_units(units: int) -> Hyperparameters:
        return Hyperparameters.from_mapping({"hidden_size": units}, settings)

    def gets_ready(model: Hyperparameters) -> bool:
        grown = model.hidden_size > settings.hidden_size
        least = PLENTY_PER_WEIGHT if grown else LEAST_PER_WEIGHT
        return _characters_trained(model, here) >= least * weights(model, here.vocabulary)

    def generalises(model: Hyperparameters) -> bool:
        grown = model.hidden_size > settings.hidden_size
        most = MOST_IN_GROWN if grown else MOST_WEIGHTS
        return weights(model, here.vocabulary) <= most * here.characters

    sizes = SIZES if here.speed is not None else [n for n in SIZES if n <= settings.hidden_size]
    fitting = [n for n in sizes if gets_ready(with_units(n)) and generalises(with_units(n))]
    units = max(fitting, default=SIZES[0])
    if units == settings.hidden_size:
        return
    values["hidden_size"] = units
    # Larger models bear smaller steps.
    rate = settings.learning_rate * settings.hidden_size / units
    values["learning_rate"] = min(HIGHEST_RATE, round(rate, 4))
    if units > settings.hidden_size:
        why = "this machine and this text are enough for more"
    elif not generalises(with_units(settings.hidden_size)):
        why = "more would learn the text by heart"
    else:
        why = "this machine could not train more in that time"
    reasons.append(f"hidden_size {units}: {why}")


def _fit_ngrams(values: dict[str, Value], here: Circumstances, reasons: list[str]) -> None:
    settings = Hyperparameters.from_mapping(values)
    epochs = _epochs(settings, here)
    if settings.ngram_order > 1 and MOST_FOR_NGRAMS < epochs < math.inf:
        values["ngram_order"], values["input_norm"] = 1, True
        reasons.append(
            f"ngram_order 1: in about {epochs:,.0f} epochs tables of n-grams would learn the text "
            "by heart"
        )
        reasons.append("input_norm yes: it teaches as much, and weight decay holds it back")


def _fit_weight_decay(
    preset: Mapping[str, Value], values: dict[str, Value], here: Circumstances, reasons: list[str]
) -> None:
    settings, asked = Hyperparameters.from_mapping(values), Hyperparameters.from_mapping(preset)
    epochs = _epochs(settings, here)
    least = next(value for most, value in WEIGHT_DECAY if epochs <= most)
    if settings.ngram_order < asked.ngram_order:
        least = max(least, INSTEAD_OF_NGRAMS)
    if epochs < math.inf and least > settings.weight_decay:
        values["weight_decay"] = least
        reasons.append(f"weight_decay {least:g}: the text is read about {epochs:,.0f} times")


def _fit_dropout(values: dict[str, Value], here: Circumstances, reasons: list[str]) -> None:
    settings = Hyperparameters.from_mapping(values)
    epochs = _epochs(settings, here)
    dropout = next(value for most, value in DROPOUT if epochs <= most)
    if epochs < math.inf and dropout > settings.dropout:
        values["dropout"] = dropout
        reasons.append(f"dropout {dropout:g}: the text is read about {epochs:,.0f} times")


def _fit_temperature(values: dict[str, Value], here: Circumstances, reasons: list[str]) -> None:
    settings = Hyperparameters.from_mapping(values)
    if settings.loss_temperature != 1 and _epochs(settings, here) < FEW_EPOCHS:
        values["loss_temperature"] = 1.0
        reasons.append("loss_temperature 1: the text is read less than twice")


def weights(settings: Hyperparameters, vocabulary: int) -> int:
    """The parameters of a model, without the tables, of which a batch uses a few rows only."""
    from engine.model import Architecture  # loads NumPy, for which the first frame does not wait

    architecture = Architecture.of(settings, vocabulary)
    tables = (*architecture.ngram_shapes().values(),)
    return architecture.parameter_count - sum(rows * size for rows, size in tables)


def _epochs(settings: Hyperparameters, here: Circumstances) -> float:
    """How many times the text is read; infinite where nobody can tell."""
    trained = _characters_trained(settings, here) / max(1, here.characters)
    return min(settings.epochs or math.inf, trained)


def _characters_trained(settings: Hyperparameters, here: Circumstances) -> float:
    """How many characters the model trains on in its time; infinite where nobody can tell."""
    if not settings.max_seconds or here.speed is None:
        return math.inf
    reference = weights(Hyperparameters(), here.vocabulary)
    speed = KEPT * here.speed * reference / weights(settings, here.vocabulary)
    return speed * settings.max_seconds
