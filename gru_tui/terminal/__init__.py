"""How the app meets a terminal and leaves it: colours, signs, mouse, signals, what it remembers."""
