"""Which encoding makes a language of bytes: charset-normalizer's candidates, put in order.

It tells scripts apart well, but often takes one Latin code page for another; the letters
beyond ASCII that a language really uses decide between those.
"""

import re
import unicodedata

MARGIN = 0.1  # of charset-normalizer's "chaos", within which a candidate is as good as the best
ENOUGH = 8_000  # characters that are judged
COMMON = ("cp1252", "cp932")  # the likelier ones where the letters do not decide
CYRILLIC = ("koi8_r", "koi8_u", "cp1251", "iso8859_5", "cp866", "mac_cyrillic")
GREEK, SEMITIC = ("cp1253", "iso8859_7"), ("cp1255", "cp1256", "iso8859_6")
OVERLOOKED = (*CYRILLIC, "iso8859_2", *GREEK, "cp1254", *SEMITIC)  # now and then
SENSE = 0.8  # the fitness from which on a text is taken to be in some language
USUAL = 7.5  # the mean place of a text's letters in its language's order, at most

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
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Croatian, Slovene": "čćđšž",
    "Romanian": "ăâîșțşţ",
    "Turkish": "âçğıîöşüİ",
    "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž",
    "Estonian": "äõöüšž",
    "Vietnamese": "àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ",
    "Japanese": "\u3000-〿ぁ-ヿ一-鿿！-～",
    "Chinese": "\u3000-〿一-鿿！-～",
    "Korean": "가-힣、-〿",
}
# The letters of scripts that fill half a code page: whatever is misread is made of them, too, so
# it matters how often each occurs. The commonest first, without accents.
ORDERS = (
    "оеаинтсрвлкмдпуяыьгзбчхжшюцщэфъ",  # Russian
    "оаинвіетрслкудмпязьбгчхцжюєшфщґ",  # Ukrainian
    "аиоетнрсвлдпкмзгуъбяцчжщхюшфь",  # Bulgarian
    "аиоенрсјтукдвмлпзгбљњчжцшхћђџфѕ",  # Serbian, Macedonian
    "ατοιενρσκηπςυμλγδωχθφβξζψ",  # Greek
    "יוהלאתרבמשנםדעחקכפטגזצןסךץף",  # Hebrew
    "اليمنوترهبدعسفقكحجةشصذطخىضزثءغظ",  # Arabic
    "าน่รอก้เงมยลีวดัทส์ิตะปบืุคหแจพู็ชขใำไโผถศธซภฟณฉญฐฎฏ",  # Thai
)
ALPHABETS = tuple(
    re.compile(f"[{letters}{letters.upper() if '-' not in letters else ''}{PUNCTUATION}]")
    for letters in LETTERS.values()
)
APART = "¼½¾€"  # from letters
LAST = "ςךםןףץ"  # of a word
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def encodings(sample: bytes) -> list[str]:
    """Python's names of the encodings that `sample` may be in, the likeliest first."""
    from charset_normalizer import from_bytes

    # UTF-16 and its like are settled before anything is guessed.
    matches = [match for match in from_bytes(sample) if not match.encoding.startswith("utf")]
    limit = min((match.chaos for match in matches), default=0) + MARGIN
    near = [match.encoding for match in matches if match.chaos <= limit]
    far = [match.encoding for match in matches if match.chaos > limit]
    tried = ["cp1252", *(name for name in COMMON if name in near), *near, *OVERLOOKED]
    fit = {name: fitness(sample, name) for name in dict.fromkeys(tried)}
    likely = [name for name in fit if name in near or fit[name] >= SENSE]
    # Where two are as fit, the earlier stays the earlier.
    return sorted(likely, key=lambda name: -fit[name]) + far


def fitness(sample: bytes, encoding: str) -> float:
    """The share of the characters beyond ASCII that the best fitting language uses, 0 to 1.

    Less where they stand as in no word, and for letters that the language seldom needs: by these
    KOI8-R and cp1251 are told apart, which take capitals for small letters of each other.
    """
    text = sample.decode(encoding, "replace")[:ENOUGH]
    strange = "".join(BEYOND_ASCII.findall(text))
    if not strange:
        return 0.0
    common = max(len(alphabet.findall(strange)) for alphabet in ALPHABETS)
    plain = unicodedata.normalize("NFD", strange.lower())
    marks = sum(map(PUNCTUATION.count, strange))
    found = max(common, *(_expected(order, plain, marks, len(strange)) for order in ORDERS))
    odd = sum(map(_is_odd, text, text[1:]))
    return max(0.0, found - odd) / len(strange)


def _expected(order: str, plain: str, marks: int, size: int) -> float:
    """How many of `size` characters are the script's letters, or marks; fewer if rare letters.

    Letters without their accents; marks that are more than those belong to something else.
    """
    places = [place for place in map(order.find, plain) if place >= 0]
    if not places:
        return 0.0
    foreign = max(0, size - marks - len(places))
    mean = (sum(places) + foreign * len(order)) / (len(places) + foreign)
    return (len(places) + min(marks, len(places))) / max(1.0, mean / USUAL)


def _is_odd(before: str, after: str) -> bool:
    """Whether no word has these neighbours, of which one at least is beyond ASCII."""
    if before < "\x80" and after < "\x80":
        return False
    if before.isalpha() and after.isalpha():
        # Chinese and its neighbours are written without spaces.
        of_two_scripts = (before < "\u0250") != (after < "\u0250") and max(before, after) < "\u2000"
        return of_two_scripts or before in LAST
    return (before in APART and after.isalpha()) or (after in APART and before.isalpha())
