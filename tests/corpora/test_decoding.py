import codecs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpora.decoding import HEAD, DamagedTextError, NotTextError, decode, looks_binary

FRENCH = (
    "Le matin, les pêcheurs s'étaient déjà levés quand la première lumière toucha la forêt. "
    "« Où allez-vous ? » demanda le garçon. Personne ne répondit ; l'été s'achevait.\n"
)
GERMAN = "Die Straße führte über eine Brücke, und das Mädchen hörte schöne Töne aus dem Süden.\n"
ITALIAN = "La città era già sveglia; non c'è libertà senza verità, né felicità senza bontà. Ciò!\n"
CZECH = "Každé ráno starý rybář scházel k moři. Jeho loď byla malá, ale přežila mnoho bouří.\n"
POLISH = (  # so few letters beyond ASCII that charset-normalizer passes over the right encoding
    "The quick brown fox jumps over the lazy dog, and then it sleeps until the morning. "
    * 4
    + "Litwo! Ojczyzno moja! ty jesteś jak zdrowie. Ile cię trzeba cenić, ten tylko się dowie, "
    "kto cię stracił. Dziś piękność twą w całej ozdobie widzę i opisuję, bo tęsknię po tobie.\n"
)
RUSSIAN = "Каждое утро старый рыбак спускался к морю и смотрел на волны. Лодка была мала.\n"
GREEK = "Άλλες πόλεις της Ελλάδας: Θεσσαλονίκη, Πάτρα. «Όχι», είπε ο Γιάννης, και βγήκε έξω.\n"
JAPANESE = "毎朝、年老いた漁師は海に下りて波を眺めた。霧の向こうで誰かが歌っていた。\n"
CHINESE = "每天早上，老渔夫都会下到海边看浪。他的船很小，但已经历过许多风暴。\n"
HEBREW = "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון.\n"
ARABIC = "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا.\n"
UKRAINIAN = "Реве та стогне Дніпр широкий, сердитий вітер завива, додолу верби гне високі.\n"
WORK_OF_ART = "Le cœur a ses raisons ; l'œuvre coûte 12 €, et l'été s'achève déjà dans la forêt.\n"
KOREAN = "매일 아침 늙은 어부는 바다로 내려가 파도를 바라보았다. 그의 배는 작았다.\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FRENCH, "latin-1"),
        (FRENCH * 9, "cp1252"),
        (GERMAN, "cp1252"),
        (ITALIAN, "cp1252"),
        (CZECH, "cp1250"),
        (POLISH * 9, "iso8859-2"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (GREEK * 9, "cp1253"),
        (GREEK * 9, "iso8859-7"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc-jp"),
        (CHINESE, "gb18030"),
        (KOREAN, "euc-kr"),
        ("café", "latin-1"),
        (RUSSIAN.upper(), "cp1251"),
        (RUSSIAN.upper(), "koi8-r"),
        (RUSSIAN.upper(), "iso8859-5"),
        (RUSSIAN.upper(), "cp866"),
        (UKRAINIAN, "cp1251"),
        (UKRAINIAN.upper(), "koi8-u"),
        ("ΑΛΛΕΣ ΠΟΛΕΙΣ ΤΗΣ ΕΛΛΑΔΑΣ: ΘΕΣΣΑΛΟΝΙΚΗ, ΠΑΤΡΑ. ΚΑΙ ΒΓΗΚΕ ΕΞΩ.\n", "iso8859-7"),
        (FRENCH.upper(), "cp1252"),
        (GERMAN.upper(), "cp1252"),
        (CZECH, "iso8859-2"),
        (CZECH.upper(), "cp1250"),
        (HEBREW, "cp1255"),
        (ARABIC, "iso8859-6"),
        (WORK_OF_ART, "iso8859-15"),
        ("Add 1½ cups of café au lait.\n", "cp1252"),
        ("Le cœur, la sœur, l'œuvre: voilà. Dès l'été, Œuvres.\n", "iso8859-15"),
        ("ФАЙЛ README.txt И ПАПКА Windows. СМОТРИ GitHub: ПРОЕКТ, ВЕРСИЯ 2.\n", "koi8-r"),
        (JAPANESE, "iso2022-jp"),
    ],
    ids=lambda value: value if value.isascii() else value[:5].encode("ascii", "replace").decode(),
)
def test_older_encodings_are_recognised_and_named(text: str, encoding: str) -> None:
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.encoding != "utf-8"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_wide_encodings_are_known_by_their_mark(encoding: str) -> None:
    decoded = decode(("\ufeff" + JAPANESE + "a\r\nb").encode(encoding))
    assert (decoded.text, decoded.encoding) == (JAPANESE + "a\nb", encoding)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_known_without_a_mark(encoding: str) -> None:
    data = ("Größe, " + JAPANESE).encode(encoding)
    assert decode(data).text == "Größe, " + JAPANESE
    assert not looks_binary(data)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    ["Plain English.\n", RUSSIAN, GREEK, "一" + CHINESE, KOREAN],
    ids=["en", "ru", "el", "zh", "ko"],
)
def test_utf_16_without_a_mark_is_known_in_every_script(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    assert decode(data).text == text
    assert not looks_binary(data)


def test_what_only_begins_like_iso_2022_jp_is_read_as_it_stands() -> None:
    assert decode(b"\x1b$B and no more").text == "\x1b$B and no more"


def test_one_utf_8_mark_is_dropped_and_no_more() -> None:
    assert decode(codecs.BOM_UTF8 + b"text").text == "text"
    assert decode(codecs.BOM_UTF8 * 2 + b"text").text == "\ufefftext"
    assert decode("in the \ufeff middle".encode()).text == "in the \ufeff middle"


def test_every_kind_of_line_end_becomes_lf() -> None:
    assert decode(b"unix\ndos\r\nold mac\rempty\r\n\r\nend").text == (
        "unix\ndos\nold mac\nempty\n\nend"
    )


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf_8_is_always_read_as_utf_8(text: str) -> None:
    decoded = decode(text.encode())
    assert (decoded.text, decoded.encoding) == (text.removeprefix("\ufeff"), "utf-8")


def decoded_or_refused(data: bytes) -> tuple[str, str]:
    """The text of `data` or the refusal, and an empty string for the other."""
    try:
        return decode(data).text, ""
    except (NotTextError, DamagedTextError) as error:
        return "", str(error)


@given(
    st.one_of(
        st.binary(),
        st.text().map(lambda text: text.encode("utf-8", "replace")),
        st.text().map(lambda text: text.encode("utf-16", "surrogatepass")),
        st.text(max_size=50).map(lambda text: text.encode("latin-1", "replace")),
        st.binary(max_size=9).map(lambda data: data + FRENCH.encode() + data),
    )
)
@example(b"\xff\xfe\x00\xd8")
@example(b"\xff\xfe\x00\x00\x00\xd8\x00\x00")
@example(b"+2AA-\xff")
def test_any_bytes_give_a_text_or_one_refusal(data: bytes) -> None:
    text, refusal = decoded_or_refused(data)
    assert "\n" not in refusal
    assert "\r" not in text
    assert "\0" not in text
    text.encode("utf-8")  # so there is no half of a surrogate pair in it


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\x01\x01\x00\x00\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        bytes(range(1, 32)) * 9,
        b"text, and then one \x00",
        b"text, and then a \x00",
        FRENCH.replace(" ", "\0").encode("latin-1"),
        ("一" + JAPANESE * 3 + "\0").encode("utf-16-le"),
        ("\1\2\3a" * 9).encode("utf-16-le"),
        b"text" * HEAD + b"\x00\x01",
        codecs.BOM_UTF16_LE + b"a\x00\x00\x00",
    ],
    ids=[
        "ELF",
        "PNG",
        "controls",
        "odd NUL",
        "even NUL",
        "latin-1",
        "wide",
        "wide controls",
        "late",
        "UTF-16",
    ],
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(NotTextError, match="is binary data, not text"):
        decode(data)


def test_colours_of_a_terminal_are_text() -> None:
    assert decode(b"\x1b[31mred\x1b[0m\n" * 9).text.startswith("\x1b[31m")


def test_utf_8_that_was_cut_off_loses_only_the_torn_character() -> None:
    whole = FRENCH + "床"
    decoded = decode(whole.encode()[:-1])
    assert (decoded.text, decoded.encoding, decoded.torn) == (FRENCH, "utf-8", 2)


def test_utf_8_with_a_broken_place_is_not_taken_for_something_else() -> None:
    data = FRENCH.encode() * 3
    with pytest.raises(DamagedTextError, match=f"UTF-8, but damaged: byte {len(data) + 1} .*iconv"):
        decode(data + b"\xff" + data)


def test_a_mark_that_does_not_fit_what_follows_is_told() -> None:
    with pytest.raises(DamagedTextError, match="byte order mark of UTF-16-LE"):
        decode(codecs.BOM_UTF16_LE + b"a\x00b")


def test_bytes_that_are_text_in_no_encoding_are_refused() -> None:
    with pytest.raises(DamagedTextError, match="cannot be decoded: byte 1 is no UTF-8"):
        decode(b"\x81\x8d\x8f\x90\x9d\xff\xfe\x80" * 20)
