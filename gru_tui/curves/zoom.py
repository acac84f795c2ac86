"""What part of the horizontal axis is looked at: zooming, panning, and staying within bounds."""

from gru_tui.curves.thinning import Window

CLOSER = 0.5  # the part of the window that one press leaves
STRIDE = 0.25  # the part of the window by which one press pans
MOST = 1e5  # how many times larger than life


def zoomed(window: Window, full: Window, factor: float, about: float) -> Window | None:
    """The window with its width times `factor`, `about` staying where it is; None: all of it."""
    left, right = window
    least = (full[1] - full[0]) / MOST
    width = max((right - left) * factor, least)
    if width >= full[1] - full[0]:
        return None
    share = (about - left) / (right - left) if right > left else 0.5
    start = about - min(1.0, max(0.0, share)) * width
    return within((start, start + width), full)


def panned(window: Window, full: Window, part: float) -> Window:
    """The window moved by a part of its width, to the right if that is positive."""
    shift = (window[1] - window[0]) * part
    return within((window[0] + shift, window[1] + shift), full)


def within(window: Window, full: Window) -> Window:
    """A window of that width, moved into the full one; the full one if it is no narrower."""
    width = window[1] - window[0]
    if width >= full[1] - full[0]:
        return full
    left = min(max(window[0], full[0]), full[1] - width)
    # So computed that it ends exactly where the full one does, if it does.
    return (full[1] - width, full[1]) if left == full[1] - width else (left, left + width)


def showing(window: Window, full: Window, x: float) -> Window:
    """The window moved as little as makes it show x."""
    width = window[1] - window[0]
    if x < window[0]:
        return within((x, x + width), full)
    if x > window[1]:
        return within((x - width, x), full)
    return window
