"""Looking at the charts of the Train screen, and at that of a comparison."""

from dataclasses import replace

from gru_tui.actions.action import Action

CHART: tuple[Action, ...] = (
    Action(
        "toggle_perplexity",
        ("p",),
        "Loss / perplexity",
        "Show loss with perplexity on an axis at the right, or perplexity alone.",
        "train",
    ),
    Action(
        "toggle_log",
        ("l",),
        "Linear / log",
        "Change the charts' vertical axes between linear and logarithmic.",
        "train",
    ),
    Action(
        "cycle_axis",
        ("e",),
        "Steps / epochs / minutes / characters",
        "Change what the chart's horizontal axis counts.",
        "train",
    ),
    Action(
        "cycle_smoothing",
        ("m",),
        "Smoothing",
        "Smooth the training curve more, less, or not at all.",
        "train",
    ),
    Action(
        "cycle_second",
        ("g",),
        "Second chart",
        "Draw another figure beneath the loss (instead of it where there is no room): learning "
        "rate, gradient norm, characters a second, memory, update-to-weight ratio, gate "
        "saturation, none.",
        "train",
    ),
    Action(
        "zoom_in",
        ("plus", "equals_sign"),
        "Zoom in",
        "See half as much of the horizontal axis, about the cursor or the mouse wheel; "
        "without them the newest half, which moves along with the run.",
        "train",
    ),
    Action(
        "zoom_out",
        ("minus",),
        "Zoom out",
        "See twice as much of the horizontal axis. The mouse wheel does the same.",
        "train",
    ),
    Action(
        "chart_left",
        ("left", "comma"),
        "Chart left",
        "Move the cursor to the left, or, without a cursor, what is seen of a zoomed chart.",
        "train",
    ),
    Action(
        "chart_right",
        ("right", "full_stop"),
        "Chart right",
        "Move the cursor to the right, or, without a cursor, what is seen of a zoomed chart.",
        "train",
    ),
    Action(
        "toggle_cursor",
        ("v",),
        "Cursor",
        "Read out the figures at a place of the chart; a click puts the cursor there.",
        "train",
    ),
    Action(
        "reset_chart",
        ("0",),
        "Whole chart",
        "See the whole run again, without a cursor.",
        "train",
    ),
)

_ON_RUNS = {
    "zoom_in": "See half as much of the comparison's horizontal axis, about the mouse wheel; "
    "without it the newest half, which moves along with the runs.",
    "zoom_out": "See twice as much of it. The mouse wheel does the same.",
    "chart_left": "Move what is seen of a zoomed comparison to the left.",
    "chart_right": "Move what is seen of a zoomed comparison to the right.",
    "reset_chart": "See the whole comparison again.",
}

OVERLAY: tuple[Action, ...] = tuple(
    replace(row, scope="runs", help=_ON_RUNS[row.id]) for row in CHART if row.id in _ON_RUNS
)
"""The same keys for the comparison on the Runs screen."""
