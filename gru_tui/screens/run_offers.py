"""What can be done with a run in each state, and how one may be called."""

from corpora.errors import UsageError
from gru_tui.actions import actions
from gru_tui.runs.names import clash
from gru_tui.runs.run import LONGEST_NAME, LONGEST_NOTE
from gru_tui.runs.states import ALIVE
from gru_tui.runs.tags import checked_tags

ALWAYS = frozenset({"filter_runs", "step_back"})  # they concern the list, not a run


def idle_actions(state: str) -> frozenset[str]:
    """What would do nothing to a run in that state; "" is no run."""
    if not state:
        return frozenset(row.runs for row in actions("runs")) - ALWAYS
    idle = {"delete_run"} if state in ALIVE else {"pause_run", "stop_run"}
    if state == "paused":
        idle.add("pause_run")
    elif state in ALIVE:
        idle.add("resume_run")
    if state == "damaged":
        idle |= {"open_run", "resume_run", "fork_run", "rename_run", "note_run", "tag_run"}
        idle |= {"pin_run", "select_run", "side_by_side", "time_lapse"}
    return frozenset(idle)


def name_fault(text: str) -> str:
    """What is wrong with a run's name, "" if nothing."""
    if not text.strip():
        return "A name needs at least one character."
    if len(text.strip()) > LONGEST_NAME:
        return f"A name has at most {LONGEST_NAME} characters; this one has {len(text.strip())}."
    fault = clash(text.strip())
    return f"{fault[:1].upper()}{fault[1:]}." if fault else ""


def note_fault(text: str) -> str:
    """What is wrong with a note, "" if nothing."""
    if len(text) > LONGEST_NOTE:
        return f"A note has at most {LONGEST_NOTE} characters; this one has {len(text)}."
    return ""


def tags_fault(text: str) -> str:
    """What is wrong with a line of tags, "" if nothing."""
    try:
        checked_tags(text)
    except UsageError as error:
        fault = str(error)
        return fault[:1].upper() + fault[1:] + "."
    return ""
