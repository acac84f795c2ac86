"""The states of a run by what they mean; `engine.events.State` says which there are."""

TRAINING = frozenset({"starting", "running"})
ALIVE = TRAINING | {"paused"}  # a process is there
FINAL = frozenset({"stopped", "finished", "failed"})
