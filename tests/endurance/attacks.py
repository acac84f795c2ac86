"""Text that would drive a terminal if it were let through, and how to tell that it was.

Every number in an attack is MARK, which no sequence of the program's own has.
"""

import re

from gru_tui.visible import BIDIRECTIONAL, SEPARATORS

MARK = "7777"
ESC, BEL, ST, CSI, OSC, DCS = "\x1b", "\x07", "\x1b\\", "\x1b[", "\x1b]", "\x1bP"
KNOWN = (  # sequences that have been used against terminals, or that change them for good
    f"{OSC}0;{MARK}{BEL}",  # the window's title
    f"{OSC}2;{MARK}{ST}",
    f"\x9d0;{MARK}\x9c",  # the same with C1
    f"{OSC}l{MARK}{ST}",  # Sun's title
    f"{OSC}52;c;{MARK}{BEL}",  # the clipboard
    f"{OSC}52;c;?{MARK}{ST}",  # asked back as typed text
    f"{OSC}8;;http://{MARK}{ST}here{OSC}8;;{ST}",  # a link
    f"{OSC}4;{MARK};?{BEL}",  # palette
    f"{OSC}10;?{MARK}{BEL}",
    f"{OSC}104;{MARK}{BEL}",
    f"{OSC}9;{MARK}{BEL}",  # notification
    f"{OSC}777;notify;{MARK}{BEL}",
    f"{OSC}1337;File=name={MARK}:AAAA{BEL}",  # a file for iTerm
    f"{OSC}50;{MARK}{BEL}",  # a font
    f"{OSC}133;A;{MARK}{BEL}",  # the shell's prompt
    f"{OSC}7;file://{MARK}{BEL}",
    f"{DCS}$q{MARK}{ST}",  # an answer that a shell would run
    f"{DCS}+q{MARK}{ST}",
    f"{DCS}tmux;{ESC}{ESC}]0;{MARK}{BEL}{ST}",  # through tmux
    f"\x90$q{MARK}\x9c",
    f"{DCS}q#0;2;0;0;0#{MARK}~{ST}",  # sixel
    f"{ESC}_G{MARK};AAAA{ST}",  # kitty's pictures
    f"{ESC}^{MARK}{ST}",
    f"{ESC}X{MARK}{ST}",
    f"{ESC}k{MARK}{ST}",  # screen's title
    f"{ESC}c{MARK}",  # reset
    f"{ESC}]{MARK}",  # never ended: all that follows is swallowed
    f"{ESC}P{MARK}",
    f"{CSI}{MARK}n",  # asks the terminal, which types the answer
    f"{CSI}{MARK};{MARK}H{MARK}",
    f"{CSI}{MARK}J{CSI}{MARK}K",
    f"{CSI}?{MARK}h{CSI}?{MARK}l",
    f"\x9b{MARK}m\x9b{MARK}J",
    f"{CSI}{MARK};{MARK}r",  # scroll region
    f"{CSI}{MARK}t",  # moves the window
    f"{CSI}{MARK}b",  # repeats what was last
    f"{CSI}!p{MARK}",  # soft reset
    f"{ESC}#8{MARK}",
    f"{ESC}(0{MARK}\x0e{MARK}\x0f",  # another alphabet
    f"{ESC}[{MARK}\x18{ESC}[{MARK}\x1a",  # cancelled half-way
    f"{CSI}>{MARK}u{CSI}={MARK}u",  # keyboard modes
    f"one\rtwo\x08\x08\x0b\x0c{MARK}\x05",  # overwritten, and the answerback
    f"\x7f\x00{MARK}\x84\x85\x88\x8d\x8e\x8f\x98\x9e\x9f",
    f"\u202e{MARK}\u202d\u2066\u2067\u2069",  # another order
    f"\ud83d{MARK}\udcff\udc9b{MARK}",  # halves of characters, and bytes that were none
)
CODES = tuple(
    f"{chr(code)}{MARK}"
    for code in (
        *(code for code in range(0x20) if chr(code) not in "\n\t"),
        *range(0x7F, 0xA0),
        *map(ord, BIDIRECTIONAL + SEPARATORS),
        *range(0xD800, 0xE000, 61),
    )
)
# What Textual and rich write: styles, positions, modes, their questions to the terminal.
OWN = re.compile(rf"\x1b\[(?![^a-zA-Z]*{MARK})[0-9;:?>=<$]*[A-Za-z]|\x1b\]22;[a-z-]*\x07")
ACTING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f" + BIDIRECTIONAL + SEPARATORS + "\ud800-\udfff]"
)
OWN_BELL = "\x07"


def foreign(raw: bytes, *, bells: bool = False) -> list[str]:
    """All that a program has written to its terminal and should not have, with what surrounds it.

    `bells`: the program may ring.
    """
    text = raw.decode("utf-8", errors="replace")
    rest = OWN.sub("", text)
    if bells:
        rest = rest.replace(OWN_BELL, "")
    return [
        repr(rest[max(0, found.start() - 20) : found.end() + 20]) for found in ACTING.finditer(rest)
    ]
