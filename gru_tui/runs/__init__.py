"""Runs: their directories, their processes, following them and commanding them. No Textual."""
