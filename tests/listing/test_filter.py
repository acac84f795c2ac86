"""The language of filters: what it finds, what it refuses, and that nothing typed breaks it."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.errors import UsageError
from engine import Hyperparameters
from gru_tui.listing.columns import ALIASES, COLUMNS, find_column
from gru_tui.listing.filter import ordered, parsed, understood
from gru_tui.listing.rows import RunRow

FOX = RunRow(
    id="261124-210512",
    name="amber-fox",
    state="running",
    corpus="sonnets",
    model="gru 1x32",
    epoch=2.5,
    step=1_200,
    best=1.42,
    created=time.time() - 3 * 3600,
    tags=("night", "Baseline"),
    note="to see what dropout does",
    hyperparameters={**Hyperparameters().to_mapping(), "learning_rate": 0.004, "lower_case": True},
)
OWL = RunRow(
    id="261124-220000",
    name="ruby-owl",
    state="failed",
    corpus="my novel",
    created=time.time() - 60,
    parent="amber-fox at step 1,200",
    parent_id=FOX.id,
    hyperparameters={**Hyperparameters().to_mapping(), "cell": "lstm", "learning_rate": 0.02},
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("learning_rate<=0.003999999999999999", "fox"),  # as good as equal
        ("learning_rate>=0.004000000000000001", "fox owl"),
        ("", "fox owl"),
        ("   ", "fox owl"),
        ("fox", "fox"),
        ("FOX", "fox"),
        ("sonn", "fox"),
        ("baseline", "fox"),
        ("amber sonnets", "fox"),
        ("amber novel", ""),
        ("-amber", "owl"),
        ('"my novel"', "owl"),
        ('corpus="My Novel"', "owl"),
        ("corpus:novel", "owl"),
        ("corpus=novel", ""),
        ("tag:night", "fox"),
        ("tag:nigh", ""),
        ("tag!=night", "owl"),
        ("-tag:night", "owl"),
        ("lr<0.01", "fox"),
        ("lr < 0.01", "fox"),
        ("learning-rate>=0.004", "fox owl"),
        ("lr<=0.004", "fox"),
        ("learning_rate=4e-3", "fox"),
        ("lr!=0.004", "owl"),
        ("cell=gru", "fox"),
        ("cell==LSTM", "owl"),
        ("cell!=gru", "owl"),
        ("state=running", "fox"),
        ("best<1.5", "fox"),
        ("best>=0", "fox"),
        ("best!=1", "fox owl"),
        ("-best<1.5", "owl"),
        ("lower_case=yes", "fox"),
        ("lower_case=true", "fox"),
        ("id=261124-220000", "owl"),
        ("tags:night", "fox"),
        ("loss<1.5 best_validation_loss>1.4", "fox"),
        ("created<2h", "owl"),
        ("parent:amber", "owl"),
        ("age<2h", "owl"),
        ("age>120min age<1d", "fox"),
        ("step>1_000", "fox"),
        ("forked_from:amber", "owl"),
        ("from:amber", "owl"),
        ("note:dropout", "fox"),
        ("hidden=192 layers=3", "fox owl"),
        ("lr<0.01 -fox", ""),
        ('"', "fox owl"),
    ],
)
def test_a_filter_keeps_the_runs_that_fulfil_all_of_it(text: str, names: str) -> None:
    wanted = parsed(text)
    kept = [row.name.split("-")[1] for row in (FOX, OWL) if wanted.keeps(row)]
    assert kept == names.split()


def test_an_age_is_so_many_seconds() -> None:
    ages = ("90s", "20min", "20m", "3h", "2d", "1w")
    seconds = [find_column("age").number(age) for age in ages]
    assert seconds == [90, 1200, 1200, 10_800, 172_800, 604_800]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lrr<0.01", "did you mean lr?"),
        ("colour=red", "no 'colour'; there are name"),
        ("lr<", "lr< needs a value behind it, as in lr<0.01"),
        ("cell=", "as in cell=gru"),
        ("age<", "as in age<2d"),
        ("lr<fast", "learning_rate is a number, and 'fast' is none"),
        ("lr<nan", "is a number, and 'nan' is none"),
        ("cell<gru", "cell is a word, not a number; write cell=gru instead"),
        ("age<2", "write 90s, 20min"),
        ("<0.01", "write a name before it"),
        ("=gru", "=gru compares nothing; write a name before it"),
        ("fox https://x", "no 'https'"),
    ],
)
def test_a_wrong_filter_is_told_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(UsageError) as error:
        parsed(text)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_the_right_part_of_a_wrong_filter_counts_while_it_is_typed() -> None:
    found, fault = understood("lrr=3 cell=gru age<")
    assert [row.name for row in (FOX, OWL) if found.keeps(row)] == ["amber-fox"]
    assert "lrr" in fault


PARTS = st.one_of(
    st.sampled_from(
        [*COLUMNS, *ALIASES, "fox", "gru", "-", '"', " ", "0.01", "2d", "nan", "1e999"]
    ),
    st.sampled_from(["<", "<=", ">", ">=", "=", "==", "!=", ":"]),
    st.text(max_size=6),
)


@given(st.lists(PARTS, max_size=8).map("".join))
def test_whatever_is_typed_filters_or_is_refused_with_a_sentence(text: str) -> None:
    found, fault = understood(text)
    assert {found.keeps(row) for row in (FOX, OWL)} <= {True, False}
    if fault:
        with pytest.raises(UsageError):
            parsed(text)


@given(
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
)
def test_comparing_is_that_of_numbers_and_turning_it_round_is_the_opposite(
    found: float, sign: str, wanted: float
) -> None:
    row = replace(FOX, best=found)
    near = abs(found - wanted) <= 1e-9 * max(abs(found), abs(wanted))
    expected = {
        "<": found < wanted,
        "<=": found <= wanted or near,
        ">": found > wanted,
        ">=": found >= wanted or near,
        "=": near,
        "!=": not near,
    }[sign]
    text = f"best{sign}{wanted!r}"
    assert parsed(text).keeps(row) is expected
    assert parsed(f"-{text}").keeps(row) is not expected


@given(
    st.lists(
        st.tuples(st.one_of(st.none(), st.floats(0, 9)), st.booleans()), min_size=1, max_size=12
    ),
    st.booleans(),
)
def test_an_order_puts_pinned_runs_first_and_unknown_values_last(
    values: list[tuple[float | None, bool]], reverse: bool
) -> None:
    rows = [
        replace(FOX, id=str(at), best=best, pinned=pin) for at, (best, pin) in enumerate(values)
    ]
    found = ordered(rows, "best", reverse=reverse)
    assert sorted(row.id for row in found) == sorted(row.id for row in rows)
    pins = [row.pinned for row in found]
    assert pins == sorted(pins, reverse=True)
    for pinned in (True, False):
        bests = [row.best for row in found if row.pinned is pinned]
        known = [best for best in bests if best is not None]
        assert bests == sorted(known, reverse=reverse) + [None] * (len(bests) - len(known))


def test_an_order_by_words_ignores_case_and_a_wrong_one_is_refused() -> None:
    rows = [replace(FOX, name=name) for name in ("b", "A", "c")]
    assert [row.name for row in ordered(rows, "name")] == ["A", "b", "c"]
    with pytest.raises(UsageError, match="did you mean best"):
        ordered(rows, "bestt")
