"""The recurrent cells by name."""

from engine.cells.cell import Cell, Sizes
from engine.cells.cifg import CIFG
from engine.cells.gru import GRU
from engine.cells.lstm import LSTM

CELLS: dict[str, type[Cell]] = {cell.name: cell for cell in (GRU, CIFG, LSTM)}

__all__ = ["CELLS", "CIFG", "GRU", "LSTM", "Cell", "Sizes"]
