"""What a person may set before a text is generated: each field's words, bounds and hints."""

import math
from collections.abc import Callable
from dataclasses import dataclass

LONGEST = 100_000
HOTTEST = 100.0  # as engine.sampling has it; importing it here would bring NumPy along
MOST_RANDOM_SEED = 2**32 - 1


@dataclass(frozen=True)
class GenerationField:
    """One setting: `parse` gives its value or raises ValueError with a sentence.

    `hint` explains a value that `parse` gave.
    """

    name: str
    label: str
    default: str
    parse: Callable[[str], float | None]
    hint: Callable[[float | None], str]
    scale: str = ""  # what other values would mean, where there is room to say it

    def fault(self, text: str) -> str:
        """The sentence that says what is wrong with `text`, "" if nothing is."""
        try:
            self.parse(text)
        except ValueError as error:
            return str(error)
        return ""


def _number(text: str, words: str, least: float, most: float, *, above: bool = False) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not (least < value if above else least <= value) or value > most:
        raise ValueError(words)
    return value


def _whole(text: str, words: str, least: int, most: int) -> int:
    digits = text.strip().replace("_", "").replace(",", "")
    if not digits.isdecimal() or len(digits) > 12 or not least <= int(digits) <= most:
        raise ValueError(words)
    return int(digits)


def _temperature(text: str) -> float:
    return _number(text, f"a number from 0 to {HOTTEST:g}", 0, HOTTEST)


def _top_p(text: str) -> float:
    return _number(text, "a number above 0, at most 1", 0, 1, above=True)


def _top_k(text: str) -> int:
    return _whole(text, "a whole number; 0 is all", 0, 1_114_112)


def _length(text: str) -> int:
    return _whole(text, f"from 1 to {LONGEST:,} characters", 1, LONGEST)


def _random_seed(text: str) -> int | None:
    if not text.strip():
        return None
    return _whole(text, f"empty, or 0 to {MOST_RANDOM_SEED:,}", 0, MOST_RANDOM_SEED)


SCALE = ((0.0, "greedy, no chance"), (0.35, "safe, repetitive"), (0.75, "careful"))
WARMER = ((0.95, "a little tidier"), (1.05, "as learnt"), (1.35, "adventurous"), (2.0, "wild"))


def temperature_in_words(value: float | None) -> str:
    """What a temperature does to the text, in a few words."""
    for bound, words in SCALE + WARMER:
        if value is not None and value <= bound:
            return words
    return "noise"


def _top_k_in_words(value: float | None) -> str:
    return f"the {value:,} likeliest" if value else "all characters"


def _top_p_in_words(value: float | None) -> str:
    return "all characters" if value == 1 else f"the likeliest {100 * (value or 0):.3g} %"


FIELDS = (
    GenerationField(
        "temperature",
        "temperature",
        "0.8",
        _temperature,
        temperature_in_words,
        "0.2 safe … 1 as learnt … 1.5 wild",
    ),
    GenerationField("top_k", "top-k", "0", _top_k, _top_k_in_words),
    GenerationField("top_p", "top-p", "1", _top_p, _top_p_in_words),
    GenerationField("length", "length", "1000", _length, lambda _: "characters"),
    GenerationField(
        "random_seed",
        "random seed",
        "",
        _random_seed,
        lambda value: "a new one each time" if value is None else "repeatable",
    ),
)
