"""Products cut into tiles give what whole products give."""

from types import SimpleNamespace

import numpy as np
import pytest

from engine import tiles
from engine.tiles import Tiles
from tests.engine.problems import BACKWARD, Problem

CELLS = ("gru", "cifg", "lstm")


@pytest.fixture
def small_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """A BLAS that copies nothing for products of at most 16 multiply-adds."""
    monkeypatch.setattr(tiles, "copies_nothing", lambda: True)
    monkeypatch.setattr(tiles, "SMALL_PRODUCT", 16)
    monkeypatch.setattr(tiles, "FEWEST_ROWS", 1)
    monkeypatch.setattr(tiles, "FEWEST_COLUMNS", 1)


@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_gradients_in_tiles_are_those_of_whole_products(
    cell: str, processes: int, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    options = {"layers": 2, "embedding_size": 3, "dropout": True, "ngram_order": 3, "B": 6}
    monkeypatch.setattr(tiles, "copies_nothing", lambda: False)
    whole = Problem(cell, processes=processes, **options)  # type: ignore[arg-type]
    request.getfixturevalue("small_kernels")
    cut = Problem(cell, processes=processes, **options)  # type: ignore[arg-type]
    try:
        assert cut.loss(BACKWARD) == pytest.approx(whole.loss(BACKWARD), abs=1e-14)
        for name, gradient in whole.gradients.items():
            np.testing.assert_allclose(
                cut.gradients[name], gradient, rtol=1e-11, atol=1e-14, err_msg=name
            )
    finally:
        whole.team.close()
        cut.team.close()


@pytest.mark.usefixtures("small_kernels")
def test_tiles_are_the_largest_whose_products_are_small() -> None:
    cut = Tiles.of(6, 4, depth=3)
    assert cut == (1, 6, 1, 4)
    assert Tiles.of(6, 4, depth=2) == (1, 3, 2, 4)
    assert Tiles.of(2, 2, depth=4) == (1, 1, 2, 2)
    assert Tiles.of(6, 4, depth=17) == (1, 1, 6, 4)  # not even one number is small


def test_with_threads_or_without_small_kernels_nothing_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tiles, "copies_nothing", lambda: False)
    assert Tiles.of(64, 512, depth=1025) == (1, 1, 64, 512)


@pytest.mark.parametrize(
    ("known", "nothing"),
    [
        ({"architecture": "SkylakeX", "num_threads": 1}, True),
        ({"architecture": "SkylakeX", "num_threads": 2}, False),
        ({"architecture": "Zen", "num_threads": 1}, False),
        ({"num_threads": 1}, False),  # a library that does not say
    ],
)
def test_a_blas_with_small_kernels_and_one_thread_copies_nothing(
    known: dict[str, object], nothing: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    libraries = SimpleNamespace(info=lambda: [known])
    monkeypatch.setattr(tiles, "_libraries", lambda: libraries)
    assert tiles.copies_nothing() == nothing


def test_time_steps_are_taken_at_once_where_nothing_is_cut_and_operands_are_copied(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(tiles, "copies_nothing", lambda: False)
    assert Tiles(1, 1, 2, 2).take_all_at_once(depth=4)
    request.getfixturevalue("small_kernels")
    assert not Tiles(1, 1, 2, 2).take_all_at_once(depth=4)
    assert Tiles(1, 1, 2, 2).take_all_at_once(depth=5)
    assert not Tiles(2, 1, 2, 2).take_all_at_once(depth=5)
    assert not Tiles(1, 2, 2, 2).take_all_at_once(depth=5)


def test_a_product_of_tiles_is_the_product_in_tiles() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.random((5, 6, 3)), rng.random((3, 8))
    cut = Tiles(4, 3, 2, 2)
    W = cut.empty_right(right.shape, right.dtype)
    W[:] = cut.right(right)
    np.testing.assert_allclose(np.matmul(cut.left(left), W), cut.cut(left @ right), rtol=1e-14)


@pytest.mark.parametrize(
    ("B", "U", "depth", "cut"),
    [
        (32, 128, 257, (2, 1, 32, 64)),
        (64, 256, 768, (4, 4, 16, 64)),
        (32, 192, 193, (1, 2, 16, 192)),
        (32, 144, 289, (1, 2, 16, 144)),
        (64, 512, 2048, (8, 16, 4, 64)),
        (7, 251, 600, (1, 1, 7, 251)),
    ],
)
def test_tiles_of_usual_sizes(
    B: int, U: int, depth: int, cut: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiles, "copies_nothing", lambda: True)
    assert Tiles.of(B, U, depth) == cut
