"""Names of any script, fit to be set: no sign that turns text around, a direction, the language of the glyphs."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Final

from django.utils.translation import get_language_bidi

# Joiners are needed to spell Persian and the languages of India, marks of direction harm nobody.
_KEPT: Final = frozenset("\u200c\u200d\u200e\u200f")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs"})
_BREAKS: Final = frozenset({"Zl", "Zp"})
_LEFTWARD: Final = frozenset({"R", "AL"})
# Where the same code point is drawn in another way; elsewhere as in mainland China.
_HAN_BY_COUNTRY: Final = {"JP": "ja", "KR": "ko", "TW": "zh-Hant", "HK": "zh-Hant", "MO": "zh-Hant"}


@dataclass(frozen=True, slots=True)
class Text:
    """A text of somebody's own.

    Attributes:
        turned: `ltr` or `rtl` where it runs the other way than the page's language, else empty.
        language: which glyphs are meant where scripts share code points, else empty.
    """

    text: str
    turned: str
    language: str


def text_of(raw: object, country: str = "") -> Text:
    """Return a text as it is set on a page in the active language.

    Args:
        raw: as somebody wrote it; what is no text counts as none.
        country: whose glyphs are meant where scripts share code points, ISO 3166, or empty.
    """
    text = clean(raw)
    if text.isascii() and not get_language_bidi():
        return Text(text, "", "")
    own, pages = direction_of(text), "rtl" if get_language_bidi() else "ltr"
    return Text(text, own if own != pages else "", _glyphs_of(text, country))


def clean(raw: object) -> str:
    """Return a text on one line, without signs that are not seen: they could show one name and mean another.

    Args:
        raw: as somebody wrote it; what is no text counts as none.

    Source: Unicode Technical Report 36, 3.1 (bidirectional spoofing).
    """
    if not isinstance(raw, str):
        return ""
    if raw.isascii() and raw.isprintable():
        return raw.strip()
    signs = []
    for sign in raw:
        category = unicodedata.category(sign)
        if category in _BREAKS or sign in "\n\r\t":
            signs.append(" ")
        elif category not in _HIDDEN or sign in _KEPT:
            signs.append(sign)
    return "".join(signs).strip()


def direction_of(text: str) -> str:
    """Return where a text runs to, `ltr` or `rtl`: as its first letter does.

    Source: Unicode Standard Annex 9, rules P2 and P3.
    """
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind == "L":
            return "ltr"
        if kind in _LEFTWARD:
            return "rtl"
    return "ltr"


def _glyphs_of(text: str, country: str) -> str:
    names = [unicodedata.name(sign, "") for sign in text if sign > "\u1100"]
    if any(name.startswith(("HIRAGANA", "KATAKANA")) for name in names):
        return "ja"
    if any(name.startswith("HANGUL") for name in names):
        return "ko"
    if any(name.startswith("CJK") for name in names):
        return _HAN_BY_COUNTRY.get(country, "zh-Hans")
    return ""
