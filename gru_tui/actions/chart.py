"""Looking at the charts of the Train screen."""

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
        "Change the chart's vertical axis between linear and logarithmic.",
        "train",
    ),
    Action(
        "cycle_axis",
        ("e",),
        "Steps / epochs / minutes",
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
)
