"""Ends of a run as people say them: 45m, 2h, 1h30m, or a time of day such as 18:30.

All become max_seconds: seconds of work since the run began. The learning rate's schedule is
laid over what is left of them, so that it reaches its end when the run does.
"""

import datetime
import re
from collections.abc import Mapping

from engine.errors import HyperparameterError

NAME = "max_seconds"
TIME_OF_DAY = re.compile(r"([0-9]{1,2}):([0-9]{2})")
DURATION = re.compile(r"(?:([0-9.]{1,12})h)?\s*(?:([0-9.]{1,12})m)?\s*(?:([0-9.]{1,12})s)?")
WORDS = "seconds, a duration such as 45m or 1h30m, or a time of day such as 18:30"


def in_seconds(text: object, spent: float, now: datetime.datetime | None = None) -> object:
    """`text` as max_seconds if it is a duration or a time of day; anything else as it is.

    A time of day is the next one that comes; `spent` seconds of the run are over already.
    Raises HyperparameterError for a time that no clock shows.
    """
    words = str(text).strip()
    if not isinstance(text, str) or not words:
        return text
    if found := TIME_OF_DAY.fullmatch(words):
        return round(spent + _until(int(found[1]), int(found[2]), words, now), 1)
    if found := DURATION.fullmatch(words.lower()):
        try:
            parts = [float(part or 0) for part in found.groups()]
        except ValueError:
            raise HyperparameterError(NAME, f"{words} is no duration; write {WORDS}") from None
        return round(parts[0] * 3600 + parts[1] * 60 + parts[2], 3)
    return text


def in_changes(changes: Mapping[str, object], spent: float) -> dict[str, object]:
    """The changes with max_seconds, if it is among them, as by `in_seconds`. Raises the same."""
    found = dict(changes)
    if NAME in found:
        found[NAME] = in_seconds(found[NAME], spent)
    return found


def seconds_until(text: str, spent: float, now: datetime.datetime | None = None) -> object:
    """max_seconds for a time of day and nothing else. Raises HyperparameterError."""
    if not TIME_OF_DAY.fullmatch(text.strip()):
        raise HyperparameterError(NAME, f"{text[:40]!r} is no time of day; write it as in 18:30")
    return in_seconds(text, spent, now)


def _until(hour: int, minute: int, words: str, now: datetime.datetime | None) -> float:
    if hour > 23 or minute > 59:
        raise HyperparameterError(NAME, f"no clock shows {words}; write a time such as 18:30")
    # Without a zone until the end, so that a day on which the clocks are changed counts right.
    now = now if now is not None else datetime.datetime.now()
    end = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if end <= now:
        end += datetime.timedelta(days=1)
    return end.timestamp() - now.timestamp()
