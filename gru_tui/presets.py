"""Named sets of hyperparameters for `train --preset` and the form; what is not named is default."""

from engine.fields import Value

PRESETS: dict[str, dict[str, Value]] = {
    "default": {},
    "one-minute": {
        "layers": 2,  # a third layer costs more steps than it is worth in a minute
        "hidden_size": 128,  # more steps in the minute count for more than more units
        "ngram_order": 3,  # pairs and triples are looked up: nothing to learn them takes less time
        "sequence_length": 32,  # twice as many updates for the same text
        "learning_rate": 0.008,  # small models bear larger steps
        "nesterov": True,  # the same steps lead a little further
        "loss_temperature": 0.91,  # four passes make a model too sure of itself, by a tenth
        "warm_up": 30,  # a minute has too few steps to spend 100 on starting
        "epochs": 0,
        "max_seconds": 60.0,  # the schedule ends here, so that the last seconds fine-tune
    },
    "three-minutes": {
        "input_norm": True,  # every pass over the text teaches more, ...
        "weight_decay": 0.15,  # ... so that the model needs holding back from learning it by heart
        "loss_temperature": 0.91,  # six passes make a model too sure of itself, by a tenth
        "learning_rate": 0.008,  # with shorter sequences a larger step is right
        "nesterov": True,  # the same steps lead a little further
        "sequence_length": 32,  # twice as many updates for the same text
        "epochs": 0,
        "max_seconds": 180.0,  # the default model, its schedule laid over three minutes
    },
    "overnight": {
        "layers": 3,  # more layers did not help at any length of training that was tried
        "hidden_size": 320,  # an hour and more is time for a model three times as large
        "input_norm": True,  # learns more from every pass over the text, here, too
        "dropout": 0.3,  # such a model would learn a short text by heart without this ...
        "weight_decay": 0.2,  # ... and this
        "loss_temperature": 0.9,  # many passes make a model too sure of itself
        "learning_rate": 0.005,  # larger models bear smaller steps
        "nesterov": True,  # the same steps lead a little further
        "epochs": 0,
        "max_seconds": 7200.0,  # two hours; whoever wants a night's says --max-seconds 8h
        "patience": 40,  # stop when forty validations brought nothing: the best one is kept
    },
    "original": {
        "cell": "cifg",  # the project that this one grew from called it a GRU; it was this
        "layers": 1,
        "hidden_size": 100,
        "batch_size": 1,  # one stream of text, as it was: slow, and noisy to look at
        "learning_rate": 0.001,  # a single stream's gradients bear no more
        "schedule": "constant",
        "warm_up": 0,
        "weight_decay": 0.0,
        "lower_case": True,
    },
    "tiny": {
        "layers": 1,
        "hidden_size": 64,  # quick on any machine; learns to spell, hardly more
        "batch_size": 16,
        "sequence_length": 32,
        "warm_up": 20,
        "epochs": 5,
    },
}

REASONS: dict[str, str] = {
    "default": "three layers of 192 units: what learns most in a few minutes on two cores",
    "one-minute": "a smaller model that is done in sixty seconds: to see how it all works",
    "three-minutes": "the default model with three minutes of training",
    "overnight": "a larger model with dropout for two hours; stops by itself, the best is kept",
    "original": "what this project grew from: one cifg layer of 100 units, one stream of text",
    "tiny": "one layer of 64 units: fast even on a very small machine",
}
