"""Going from pane to pane on a small screen, by the same key everywhere."""

from gru_tui.actions.action import Action, Scope

_PANES: dict[Scope, str] = {
    "train": "chart, samples, corpus, hyperparameters",
    "runs": "the runs, and more about one of them or the chart and the table of a comparison",
    "generate": "the text, and what it is written with",
}

PANE: tuple[Action, ...] = tuple(
    Action(
        "next_pane",
        ("z",),
        "Next pane",
        f"On a small screen, where not all panes have room, show the next one: {panes}.",
        scope,
        footer=True,
    )
    for scope, panes in _PANES.items()
)
