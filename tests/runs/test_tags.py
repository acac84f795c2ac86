"""Tags and pins: in label.json, beside the name and the note that have always been there."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from corpora.errors import UsageError
from gru_tui.runs.store import Store
from tests.runs.making import new_run


def test_a_label_of_an_earlier_version_has_no_tags_and_is_not_pinned(store: Store) -> None:
    run = new_run(store)
    (run.path / "label.json").write_text('{"name":"fox","note":"old"}')
    label = run.label
    assert (label.name, label.note, label.tags, label.pinned) == ("fox", "old", (), False)


def test_tags_and_pin_stay_when_other_things_change(store: Store) -> None:
    run = new_run(store)
    run.change_tags(lambda _: "night, #base  night")
    run.pin(True)
    run.rename("fox")
    run.note("a line")
    label = store.find("fox").label
    assert (label.tags, label.pinned, label.note) == (("night", "base"), True, "a line")
    run.change_tags(lambda _: "")
    run.pin(False)
    assert json.loads((run.path / "label.json").read_text()) == {"name": "fox", "note": "a line"}


def test_what_a_later_version_adds_to_a_label_does_no_harm(store: Store) -> None:
    run = new_run(store)
    (run.path / "label.json").write_text('{"name":"fox","tags":["a"],"colour":"red"}')
    assert (run.label.name, run.label.tags) == ("fox", ("a",))


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("x" * 25, "25 characters; 24 are the most"),
        (" ".join(f"t{number}" for number in range(13)), "at most 12 tags"),
        ("a\udcff", "not UTF-8"),
    ],
)
def test_bad_tags_are_refused_and_the_label_stays(store: Store, words: str, fault: str) -> None:
    run = new_run(store)
    run.change_tags(lambda _: "kept")
    with pytest.raises(UsageError, match=fault):
        run.change_tags(lambda _: words)
    assert run.label.tags == ("kept",)


def test_of_what_many_say_about_a_run_at_once_nothing_is_lost(store: Store) -> None:
    run = new_run(store)
    tags = [f"t{number}" for number in range(12)]

    def give(tag: str) -> None:
        run.change_tags(lambda others: " ".join((*others, tag)))

    with ThreadPoolExecutor(15) as pool:
        said = [pool.submit(give, tag) for tag in tags]
        said.append(pool.submit(run.rename, "fox"))
        said.append(pool.submit(run.note, "a line"))
        said.append(pool.submit(run.pin, True))
    for one in said:
        one.result()
    label = run.label
    assert sorted(label.tags) == sorted(tags)
    assert (label.name, label.note, label.pinned) == ("fox", "a line", True)
