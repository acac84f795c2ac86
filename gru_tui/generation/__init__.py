"""Text from a checkpoint: what may be set, and the process that writes it."""
