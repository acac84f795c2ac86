"""Which encoding makes a language of bytes: charset-normalizer's candidates, put in order.

It tells scripts apart well, but often takes one Latin code page for another; the letters
beyond ASCII that a language really uses decide between those.
"""

import re
from itertools import pairwise

MARGIN = 0.1  # of charset-normalizer's "chaos", within which a candidate is as good as the best
ENOUGH = 20_000  # characters that are judged
COMMON = ("cp1252", "cp932")  # the likelier ones where the letters do not decide
OVERLOOKED = ("koi8_r", "cp1251", "iso8859_2")  # asked where no candidate makes sense
SENSE = 0.8  # the fitness from which on a text is taken to be in some language

# Besides its letters, any language has these.
PUNCTUATION = "\u00a0¡¿«»‹›‘’‚“”„–—…·•°§©®£€×½¼"
LETTERS = {
    "French": "àâæçèéêëîïôœùûüÿ",
    "German": "äöüß",
    "Spanish": "áéíñóúüªº",
    "Portuguese": "ãâáàçéêíõôóúªº",
    "Italian": "àèéìíòóù",
    "Swedish, Finnish": "åäöé",
    "Danish, Norwegian": "åæøéóô",
    "Icelandic": "áðéíóúýþæö",
    "Dutch": "éëïóöüèĳ",
    "Polish": "ąćęłńóśźż",
    "Czech, Slovak": "áäčďéěíĺľňóôŕřšťúůýž",
    "Hungarian": "áéíóöőúüű",
    "Croatian, Slovene": "čćđšž",
    "Romanian": "ăâîșțşţ",
    "Turkish": "âçğıîöşüİ",
    "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž",
    "Estonian": "äõöüšž",
    "Greek": "Ά-ώ",
    "Russian, Ukrainian, Bulgarian": "а-яА-ЯёЁіІїЇєЄґҐўЎ",
    "Serbian, Macedonian": "а-шА-ШђЂјЈљЉњЊћЋџЏѓЃќЌѕЅ",
    "Hebrew": "֑-ת",
    "Arabic": "،-ی",
    "Thai": "ก-๛",
    "Vietnamese": "àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ",
    "Japanese": "、-〿ぁ-ヿ一-鿿！-～",
    "Chinese": "、-〿一-鿿！-～",
    "Korean": "가-힣、-〿",
}
ALPHABETS = tuple(
    re.compile(f"[{letters}{letters.upper() if '-' not in letters else ''}{PUNCTUATION}]")
    for letters in LETTERS.values()
)
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def encodings(sample: bytes) -> list[str]:
    """Python's names of the encodings that `sample` may be in, the likeliest first."""
    from charset_normalizer import from_bytes

    # UTF-16 and its like are settled before anything is guessed.
    matches = [match for match in from_bytes(sample) if not match.encoding.startswith("utf")]
    limit = min((match.chaos for match in matches), default=0) + MARGIN
    near = [match.encoding for match in matches if match.chaos <= limit]
    far = [match.encoding for match in matches if match.chaos > limit]
    likely = [*(name for name in COMMON if name in near), *near]
    if "cp1252" not in near and fitness(sample, "cp1252") >= SENSE:
        likely.insert(0, "cp1252")
    if not any(fitness(sample, name) >= SENSE for name in likely):
        likely += [name for name in OVERLOOKED if fitness(sample, name) >= SENSE]
    return _sorted(likely, sample) + far


def fitness(sample: bytes, encoding: str) -> float:
    """The share of the characters beyond ASCII that the best fitting language uses, 0 to 1.

    Half of that for text whose words go on in capitals: KOI8-R and cp1251 differ in that.
    """
    text = sample.decode(encoding, "replace")[:ENOUGH]
    strange = "".join(BEYOND_ASCII.findall(text))
    if not strange:
        return 0.0
    share = max(len(alphabet.findall(strange)) for alphabet in ALPHABETS) / len(strange)
    shouted = sum(
        after > "\x7f" and after.isupper() and before.isalpha() for before, after in pairwise(text)
    )
    return share / 2 if shouted > len(strange) / 2 else share


def _sorted(names: list[str], sample: bytes) -> list[str]:
    """Each once, the fittest first; where two are as fit, the earlier stays the earlier."""
    return sorted(dict.fromkeys(names), key=lambda name: -fitness(sample, name))
