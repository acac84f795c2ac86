from itertools import cycle

import pytest

from gru_tui.runs.names import ID, ids, new_name


def test_no_two_runs_get_the_same_two_words_as_long_as_others_are_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = iter(["amber", "fox", "amber", "fox", "azure", "bee"])
    monkeypatch.setattr("secrets.choice", lambda words: next(drawn))
    assert new_name({"amber-fox"}) == "azure-bee"


def test_where_none_is_found_free_a_name_comes_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = cycle(["amber", "fox"])
    monkeypatch.setattr("secrets.choice", lambda words: next(drawn))
    assert new_name({"amber-fox"}) == "amber-fox"


def test_ids_of_one_second_are_all_different_and_sort_as_they_are_tried() -> None:
    found = ids(0.0)
    assert found[:2] + found[25:27] + found[-1:] == [
        "700101-000000" + behind for behind in ("", "b", "z", "zaa", "zzz")
    ]
    assert found == sorted(set(found))
    assert all(ID.fullmatch(each) for each in found)
