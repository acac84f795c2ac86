"""What the engine does not have: regularisers and forms of the GRU, tried out in JAX.

    python benchmarks/variants.py zoneout=0.05 layer_norm=1 "drop_connect=0.2 weight_decay=0.05"
    python benchmarks/variants.py --base sequence_length=32 input_rms=1 output_norm=1 update_bias=-1

The model, its first values, its batches and its schedule are the engine's; so the base line is the
engine's own result up to rounding, and a line tells what one change is worth for the same number of
characters. What has helped is in the engine; this is where the rest was found wanting. The
loss is of one pass over the whole validation part. Other names are hyperparameters of the engine.
"""

import itertools

from record import Record, deliver
from sweep import asked_for, hyperparameters, parsed, parser_of, tables, take

import corpora
from engine import Hyperparameters

FORMS = {
    "layer_norm": "1: each gate's two products normalised over the units (Ba et al. 2016)",
    "input_layer_norm": "1: only the products with the input",
    "input_rms": "1: the engine's own input_norm (Zhang and Sennrich 2019); 2: with a gain",
    "hidden_layer_norm": "1: only the products with the hidden state",
    "weight_norm": "1: rows of the weights normalised, times a gain (Salimans and Kingma 2016)",
    "output_norm": "1: outputs of a layer divided by their root mean square",
    "zoneout": "part of the units that keep their state (Krueger et al. 2016)",
    "drop_connect": "part of the recurrent weights left out in a step (Merity et al. 2017)",
    "candidate_dropout": "dropout on the candidate n (Semeniuta et al. 2016)",
    "variational": "dropout with one mask for the whole sequence, outputs and state (Gal 2016)",
    "first_scale": "times the first values of the first layer's input weights",
    "input_scale": "times those of the other layers' input weights",
    "head_scale": "times those of the head",
    "update_bias": "first value of the update gate's bias; above 0 a unit keeps more",
    "tied": "1: the head's weights are the embedding (Press and Wolf 2016), E = H",
    "unigram_bias": "1: the head's bias begins at the logarithms of the characters' frequencies",
    "multiplicative": "first value of the weights of the two products' product (Wu et al. 2016)",
    "skip": "1: every layer reads the character, too (Graves 2013)",
    "residual": "1: what a layer reads is added to what it gives, from the second layer on",
    "label_smoothing": "part of each target that is every character at the batch's frequencies",
    "entropy_bonus": "times the prediction's entropy, taken off the loss (Pereyra et al. 2017)",
    "focal": "exponent of 1 - p(target), by which the loss is weighted (Lin et al. 2017)",
}
ABSENT = {"cell", "dropout", "input_norm", "ngram_order", "lower_case", "min_count"}

Forms = dict[str, float]


def settings_and_forms(
    words: str, characters: float, random_seed: int
) -> tuple[Hyperparameters, Forms]:
    """What `words` say to the engine, and what only to this. Raises as `hyperparameters` does."""
    split = [word.split("=", 1) for word in words.split()]
    forms = {name: float(value) for name, value in split if name in FORMS}
    plain = {name: value for name, value in split if name not in FORMS}
    if missing := ABSENT & set(plain):
        raise ValueError(
            f"{min(missing)} is not in the JAX model; python benchmarks/sweep.py has it"
        )
    if "tied" in forms:
        plain["embedding_size"] = plain.get("hidden_size", str(Hyperparameters().hidden_size))
    as_words = " ".join(f"{name}={value}" for name, value in plain.items())
    return hyperparameters(as_words, characters, random_seed), forms


def main() -> None:
    """The base and every variant, for every random seed."""
    names = "\n".join(f"  {name:<18} {told}" for name, told in FORMS.items())
    options = parsed(parser_of(f"{__doc__}\n{names}"))
    asked = asked_for(options, settings_and_forms)
    from forms import run  # needs JAX, which help and a sentence about a setting do not

    text = corpora.load(options.corpus)
    recorded = ("base", "corpus", "characters", "random_seeds")
    record = Record.begin("variants", {name: getattr(options, name) for name in recorded})
    for (setting, words), random_seed in itertools.product(asked, options.random_seeds):
        row = run(text, *settings_and_forms(words, options.characters, random_seed))
        take(record, setting, row, options.write)
    deliver(record, options, tables)


if __name__ == "__main__":
    main()
