"""The list of runs: what is known of each, which are shown, and what is done with them."""
