"""Keys are keys and pastes are text, however they arrive."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants
from textual.drivers import linux_driver
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Paste
from textual.message import Message

from gru_tui.screens.keyboard import END, START, CarefulParser, reads_with_care

PASTED = st.lists(
    st.one_of(
        st.characters(), st.sampled_from(["\x1b", "\x1b[", "\x1b[A", "\x18", START, "\x1b[20"])
    )
).map("".join)


def told(events: list[Message]) -> list[str]:
    """Keys by their names, pastes by their text."""
    found = []
    for event in events:
        assert isinstance(event, Key | Paste), event
        found.append(f"pasted {event.text}" if isinstance(event, Paste) else event.key)
    return found


@given(PASTED.filter(lambda text: END not in text), st.lists(st.integers(0, 60), max_size=6))
def test_a_paste_is_its_text_and_no_key(text: str, cuts: list[int]) -> None:
    whole = f"a{START}{text}{END}\x1b[Bz"
    places = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    parser = CarefulParser()
    found: list[Message] = []
    for begin, end in pairwise(places):
        if begin < end:
            found += parser.feed(whole[begin:end])
    assert told(found) == ["a", f"pasted {text}", "down", "z"]


def test_what_pretends_to_be_a_size_or_a_focus_within_a_paste_is_text() -> None:
    text = "\x1b[48;2;3;4;5t\x1b[I\x1b[O\x1b[<0;1;1M"
    assert told(list(CarefulParser().feed(START + text + END))) == [f"pasted {text}"]


@pytest.mark.parametrize("typed", ["\x1b", "x\x1b"])
def test_escape_alone_is_a_key_and_comes_no_later(typed: str) -> None:
    parser = CarefulParser()
    began = time.monotonic()
    found = list(parser.feed(typed))
    while len(told(found)) < len(typed):
        found += parser.tick()
        assert time.monotonic() - began < 5
    assert told(found)[-1] == "escape"
    assert time.monotonic() - began >= constants.ESCAPE_DELAY


@pytest.mark.parametrize("pieces", [["\x1b2"], ["\x1b", "2"], ["a\x1b", "2b"]])
def test_a_digit_close_behind_escape_is_a_digit(pieces: list[str]) -> None:
    parser = CarefulParser()
    found = [event for piece in pieces for event in parser.feed(piece)]
    assert [key for key in told(found) if key not in "ab"] == ["escape", "2"]


def test_keys_whose_sequences_begin_like_a_paste_are_keys() -> None:
    parser = CarefulParser()
    found = [*parser.feed("\x1b[2"), *parser.feed("~"), *parser.feed("\x1b"), *parser.feed("[A")]
    assert told(found) == ["insert", "up"]


def test_a_driver_reads_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XTermParser", "getincrementaldecoder"):
        monkeypatch.setattr(linux_driver, name, getattr(linux_driver, name))
    assert reads_with_care(LinuxDriver) is LinuxDriver
    assert linux_driver.XTermParser is CarefulParser  # type: ignore[attr-defined]
