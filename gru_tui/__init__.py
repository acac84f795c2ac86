"""gru-tui: train, steer and write with recurrent character language models in a terminal."""

__version__ = "0.1.0"
