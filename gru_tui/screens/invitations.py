"""What an empty Generate screen says: what to do first. {keys} as `gru_tui.actions.worded`."""

NO_RUN = (
    "No model yet.\n\nPress {show_train}, choose a text and start a run. A few seconds later there "
    "is a model to write with, while the run goes on."
)
NO_CHECKPOINT = (
    "{name} has no checkpoint yet. A run saves its first as soon as it trains; it appears here "
    "by itself."
)
READY = (
    "Press {generate.generate} to let the model write.\n\nTab leads to the fields: what the text "
    "begins with, how bold the model may be, how long the text is to get. {generate.leave_field} "
    "leads back here."
)
READY_ALONE = READY.replace("Tab leads", "{generate.next_pane} leads")  # no field beside it
