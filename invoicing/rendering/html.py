"""A document as HTML: for the PDF, and to be read in a browser where there is no PDF."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from invoicing.rendering.assets import LOGO, QR, REGISTERED, data_url
from invoicing.rendering.printed import printed_document

if TYPE_CHECKING:
    from invoicing.rendering.assets import Assets
    from invoicing.rendering.printed import Printed
    from invoicing.types import WholeDocument

_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_PLAIN_COLOR: Final = "#334155"
_PLAIN_SIGN: Final = re.compile(r"[A-Za-z0-9 ]")
_COUNTERS: Final = re.compile(r"\{(pages?)\}")


def document_html(document: WholeDocument, assets: Assets, *, is_alone: bool = False) -> str:
    """Return a document as HTML in its own language.

    Args:
        document: with all that is printed; every text in it is somebody's own and printed literally.
        assets: the pictures.
        is_alone: with the style sheet and the pictures inside, to be opened by itself; else as the PDF is made of.
    """
    language = language_of(document)
    with override(language):
        printed = printed_document(document, language.replace("-", "_"))
        context = {
            "page": printed,
            "language": language,
            "direction": "rtl" if get_language_bidi() else "ltr",
            "logo": _address(LOGO, assets.logo, is_alone=is_alone),
            "qr": _address(QR, assets.qr, is_alone=is_alone),
            "registered": _address(REGISTERED, assets.registered, is_alone=is_alone),
            "style": _style(document, printed, is_alone=is_alone),
        }
        return render_to_string("invoicing/document.html", context)


def language_of(document: WholeDocument) -> str:
    """Return the language of a document's words: its own where they are translated, else the platform's."""
    wanted = document.content.get("language")
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def style_source(html: str) -> str:
    """Return what a content security policy calls the style of a document that stands alone.

    Args:
        html: of `document_html`.

    Source: Content Security Policy Level 3, 2.3.1 (hash-source).
    """
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = hashlib.sha256(style.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@lru_cache(maxsize=3)
def style_sheet(name: str = "document") -> str:
    """Return the style of every document; `screen` is what a browser needs beside it, `elements` a PDF."""
    return (Path(__file__).parent / f"{name}.css").read_text(encoding="utf-8")


def _address(name: str, png: bytes, *, is_alone: bool) -> str:
    if not png:
        return ""
    return data_url(png) if is_alone else name


def _style(document: WholeDocument, printed: Printed, *, is_alone: bool) -> SafeString:
    """Return what differs between documents: colour and the words at the foot of the pages."""
    color = document.content.get("color")
    color = color if isinstance(color, str) and _COLOR.fullmatch(color) else _PLAIN_COLOR
    foot = _counted(_("Page {page} of {pages}"))
    name = _quoted(f"{printed.title} {printed.number}")
    own = (
        f".brand-bar{{background:{color}}}.lines th{{border-bottom-color:{color}}}"
        f"@page{{@bottom-left{{content:{name}}}@bottom-right{{content:{foot}}}}}"
    )
    shared = style_sheet() + style_sheet("screen") if is_alone else ""
    # Everything in it is ours, a colour of six digits, or escaped sign by sign.
    return SafeString(f"<style>{shared}{own}</style>")


def _counted(words: str) -> str:
    parts = _COUNTERS.split(words)
    return " ".join(
        f"counter({part})" if at % 2 else _quoted(part) for at, part in enumerate(parts)
    )


def _quoted(text: str) -> str:
    """Return a text as a string of CSS that can end nothing."""
    signs = (sign if _PLAIN_SIGN.fullmatch(sign) else f"\\{ord(sign):06x}" for sign in text)
    return f'"{"".join(signs)}"'
