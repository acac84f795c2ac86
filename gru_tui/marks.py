"""The state of a run as a mark and a word, never colour alone."""

MARKS = {
    "starting": "○",
    "running": "●",
    "paused": "‖",
    "stopped": "■",
    "finished": "✓",
    "failed": "✗",
    "interrupted": "?",
    "damaged": "!",
}
# The theme's variables that colour them.
COLOURS = {
    "starting": "text-muted",
    "running": "text-success",
    "paused": "text-warning",
    "stopped": "text-muted",
    "finished": "text-primary",
    "failed": "text-error",
    "interrupted": "text-warning",
    "damaged": "text-error",
}


def marked(state: str) -> str:
    """As in "● running"."""
    return f"{MARKS.get(state, '?')} {state}"
