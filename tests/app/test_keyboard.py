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

from gru_tui.actions import remap
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


@pytest.mark.parametrize(
    ("pieces", "keys"),
    [
        (["\x1b2"], ["escape", "2"]),
        (["\x1b", "2"], ["escape", "2"]),
        (["a\x1bxb\x1b/"], ["a", "escape", "x", "b", "escape", "slash"]),
        (["\x1bQ\x1b[A"], ["escape", "Q", "up"]),
        (["\x1bb"], ["ctrl+left"]),  # as iTerm sends what leads a word back
    ],
)
def test_a_character_close_behind_escape_is_a_key_of_its_own(
    pieces: list[str], keys: list[str]
) -> None:
    parser = CarefulParser()
    assert told([event for piece in pieces for event in parser.feed(piece)]) == keys


def test_alt_and_a_letter_are_one_key_where_an_action_has_it() -> None:
    remap({"train.fork": ("alt+x",)})
    try:
        parser = CarefulParser()
        found = [*parser.feed("\x1bx")]
        while not found:
            found += parser.tick()
        assert told(found) == ["alt+x"]
        assert told([*parser.feed("\x1by")]) == ["escape", "y"]
    finally:
        remap({})


def test_keys_whose_sequences_begin_like_a_paste_are_keys() -> None:
    parser = CarefulParser()
    found = [*parser.feed("\x1b[2"), *parser.feed("~"), *parser.feed("\x1b"), *parser.feed("[A")]
    assert told(found) == ["insert", "up"]


def test_a_driver_reads_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XTermParser", "getincrementaldecoder"):
        monkeypatch.setattr(linux_driver, name, getattr(linux_driver, name))
    assert reads_with_care(LinuxDriver) is LinuxDriver
    assert linux_driver.XTermParser is CarefulParser  # type: ignore[attr-defined]
