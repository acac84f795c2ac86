"""The configuration file: what it may say, and the one sentence about what it may not."""

import re
import time
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gru_tui.actions import ACTIONS
from gru_tui.configuration import Configuration, ConfigurationError, read
from gru_tui.configuration.checking import parsed
from gru_tui.configuration.reading import MOST_BYTES
from gru_tui.configuration.template import template
from gru_tui.runs.notices import Kind
from gru_tui.terminal.manners import decided

SETTING = re.compile(r'^#(?=[\w".]+ = )', re.MULTILINE)


def fault(text: str, themes: tuple[str, ...] = ()) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        parsed(text.encode(), "config.toml", themes)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("config.toml")
    return caught.value


def test_without_a_file_nothing_is_decided(tmp_path: Path) -> None:
    assert read(tmp_path / "none.toml") == Configuration()


def test_a_file_in_the_home_of_nobody_is_a_fault_of_the_configuration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRU_TUI_CONFIG", "~nobody-of-that-name/c.toml")
    assert "there is no user nobody-of-that-name" in decided().fault  # the app opens all the same
    with pytest.raises(ConfigurationError):
        read()


def test_every_setting_is_read() -> None:
    text = """
    [app]
    theme = "nord"
    ascii = true
    mouse = false
    [notify]
    bell = true
    osc9 = true
    command = ["say", "done"]
    [keys]
    stop = "F5"
    screenshot = ["^y", "alt+p"]
    "train.fork" = "?"
    help = "page up"
    runs.note_run = []
    """
    assert parsed(text.encode(), "c") == Configuration(
        keys={
            "train.stop": ("f5",),
            "app.screenshot": ("ctrl+y", "alt+p"),
            "train.fork": ("question_mark",),
            "app.help": ("pageup",),
            "runs.note_run": (),
        },
        theme="nord",
        ascii=True,
        mouse=False,
        bell=True,
        osc9=True,
        command=("say", "done"),
    )


def test_the_template_says_nothing_and_with_its_marks_taken_away_repeats_the_table() -> None:
    text = template()
    assert parsed(text.encode(), "c") == Configuration()
    whole = parsed(SETTING.sub("", text).encode(), "c")
    assert whole.keys == {row.name: row.keys for row in ACTIONS}
    assert (whole.theme, whole.ascii, whole.mouse) == ("river", False, True)


def test_the_template_names_all_that_the_bell_is_rung_for() -> None:
    (line,) = (line for line in template().splitlines() if "bell when" in line)
    assert all(kind.removesuffix("ed") in line for kind in get_args(Kind))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('\n\n[keys]\n# x\nstop = "f99"\n', 5, 'is no key; write it as in "s"'),
        ('[keys]\nstopp = "s"\n', 2, 'no action "stopp"; did you mean train.stop?'),
        ('[keys]\nstrat = "s"\n', 2, "did you mean train.start_or_pause?"),
        ('[keys]\nruns.pause = "s"\n', 2, 'no action "runs.pause"; did you mean runs.pause_run?'),
        ('[keys.trian]\nfork = "s"\n', 2, 'no action "trian.fork"; did you mean train.fork?'),
        ("[keys]\nstop = {}\n", 2, "stop needs a key"),
        ("[keys.trian]\n", 1, 'no action "trian"'),
        ('[keys]\nexit = "s"\n', 2, 'no action "exit"; gru-tui config writes a file'),
        ('[keys]\nleave_field = "f9"\n', 2, '"train.leave_field" or "generate.leave_field"'),
        ('[keys]\nstop = "f"\n', 2, "two things: train.stop and train.fork"),
        ('[keys]\nfork = "f9"\nstop = ["y", "f9"]\n', 2, "train.fork and train.stop"),
        ('[keys]\nstop = "1"\n', 2, "train.stop and app.show_train"),
        ('[keys]\nshow_runs = "delete"\n', 2, "app.show_runs and runs.delete_run"),
        ('[keys]\nstop = "s"\ntrain.stop = "f9"\n', 3, "has got its keys before"),
        ("[keys]\nstop = 5\n", 2, 'stop needs a key, as in "f5"'),
        ("[keys]\nleave = []\n", 2, "leave cannot be without a key"),
        ('[keys]\nstop = "ctrl+i"\n', 2, "reaches a program as tab"),
        ('[keys]\nstop = "ctrl+1"\n', 2, "terminals do not send"),
        ("[app]\nascii = 1\n", 2, "ascii needs true or false"),
        ("[app]\ntheme = true\n", 2, "theme needs text in quotation marks"),
        ('[app]\nthem = "nord"\n', 2, "did you mean theme?"),
        ('[app]\ncolour = "nord"\n', 2, "[app] has theme, ascii, mouse"),
        ('[app]\n\ntheme = "nrod"\n', 3, "did you mean nord?"),
        ('[notify]\ncommand = "say"\n', 2, "command needs a list of words"),
        ('[notify]\ncommand = ["a", 1]\n', 2, "command needs a list of words"),
        ("[key]\n", 1, "did you mean keys?"),
        ("keys = 5\n", 1, "write [keys] on a line of its own"),
        ("[app]\nascii = yes\n", 2, "this is not TOML"),
        ('[app]\ntheme = "nord\n', 2, "this is not TOML"),
        ('[app]\ntheme = "nord"\ntheme = "river"', 3, "this is not TOML"),
        ('app = { theme = "river", ascii = "no" }', 1, "ascii needs true or false"),
        ('[keys]\nstop = [\n  "s",\n  "hyper",\n]\n', 2, '"hyper" (for stop) is no key'),
        ("[keys]\nstop = [" + '"f9",' * 9 + "]", 2, "stop has 9 keys; give it at most 8"),
        ("\n" + "a." * 40 + "b = 1", 2, "no key has so many dots"),
        ("[keys]\n" + "a." * 9 + 'b = "s"', 2, 'no action "a.a"'),
        ('[keys]\n"a\\n\\u001bb" = "s"', 2, 'no action "a ␛b"'),
        ('\n["a\\"b"]', 2, 'no section "a"b"'),
        (f"[{'a' * 40}]", 1, f'no section "{"a" * 40}";'),
        (f"[{'a' * 41}]", 1, f'no section "{"a" * 39}…";'),
        ("[notify]\ncommand = [" + '"a",' * 65 + "]", 2, ": command is no command; write a list"),
        ('[notify]\ncommand = ["", "a"]', 2, ": command is no command; write a list of words"),
    ],
)
def test_a_fault_is_one_sentence_that_names_its_line(text: str, line: int, words: str) -> None:
    error = fault(text, ("nord", "river"))
    assert words in str(error)
    assert error.line == line
    assert f", line {line}: " in str(error)


def test_two_actions_may_swap_their_keys() -> None:
    keys = parsed(b'[keys]\nstop = "f"\nfork = "x"\n', "c").keys
    assert keys == {"train.stop": ("f",), "train.fork": ("x",)}


def test_one_key_may_do_two_things_on_two_screens() -> None:
    assert parsed(b'[keys]\nstop = "f9"\nrename_run = "f9"\n', "c").keys


def test_a_file_that_is_no_text_names_the_line() -> None:
    with pytest.raises(ConfigurationError, match="line 3: this is not UTF-8"):
        parsed(b"[app]\n\n# \xff\n", "c")


def test_a_file_from_windows_is_read() -> None:
    assert parsed(b'\xef\xbb\xbf[app]\r\ntheme = "nord"\r\n', "c").theme == "nord"


def test_a_giant_file_is_cut_off_at_a_bound(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with path.open("wb") as file:
        file.truncate(10**12)  # sparse: nobody could read it whole
    with pytest.raises(ConfigurationError, match="larger than 32 KB"):
        read(path)


def test_a_folder_in_its_place_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * (MOST_BYTES - 10),
        "a = " + "{b=" * (MOST_BYTES // 3 - 10),
        ".".join("a" * (MOST_BYTES // 2 - 10)) + " = 1",
        "[" + ".".join("a" * (MOST_BYTES // 2 - 10)) + "]",
        "a = {" + ".".join("a" * (MOST_BYTES // 2 - 10)) + " = 1}",
        "a = " + "9" * (MOST_BYTES - 10),
        "\n".join(f"[a{number}]" for number in range(3000)),
        "[keys]\n" + "\n".join(f"a{number} = 1" for number in range(2500)),
        "[keys]\n" + "x" * 30_000 + " = 1",
        '[keys]\nstop = "' + "x" * 30_000 + '"',
        "[keys]\nstop = [" + '"q",' * 8_000 + "]",
        "keys.keys.keys.keys = 1",
        "[[keys]]\nstop = 1",
        "\0",
        '[notify]\ncommand = ["\\u0000"]',
    ],
    ids=range(15),
)
def test_a_hostile_file_is_refused_at_once_in_one_short_sentence(text: str) -> None:
    began = time.perf_counter()
    error = fault(text)
    assert len(str(error)) < 400
    assert time.perf_counter() - began < 5


@given(st.binary(max_size=200))
def test_random_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        parsed(content, "c")
    except ConfigurationError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either end is right


PIECES = [
    *("[keys]", "[app]", "[notify]", "\n", " = ", "true", "{", "}", "[", "]", ",", ".", "#", "="),
    *('"f1"', '"x"', "stop", "fork", "theme", "ascii", "command", '"', "'''", "1e9", "train", "\\"),
]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_pieces_in_any_order_are_read_or_refused_with_a_line(text: str) -> None:
    try:
        parsed(text.encode(), "c")
    except ConfigurationError as error:
        assert 1 <= error.line <= text.count("\n") + 1, str(error)  # noqa: PT017
