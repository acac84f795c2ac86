"""What runs in a process of its own, so that thread settings and memory never mix."""
