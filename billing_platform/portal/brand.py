"""A provider's look as files: a style sheet and an icon made of its colour, addressed by what they hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.html import escape

from billing_platform.portal.brand_colors import brand_colors, parse_hex, to_hex
from tenants.selectors.providers import legal_links

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenants.types import LegalLink, ProviderView

# What pages look like where no provider is known; the platform itself has no brand of its own.
PLATFORM_COLOR: Final = "#1f5eff"
PLATFORM_NAME: Final = "Billing"


@dataclass(frozen=True, slots=True)
class Brand:
    """What a page needs to wear a provider's colours.

    Attributes:
        name: the provider's name.
        initial: the letter in its mark.
        css_url: its style sheet, cacheable for ever.
        icon_url: its icon, cacheable for ever.
        support_url: where customers find help, or an empty string.
        logo_light_url: its logo on light pages, or an empty string while its mark is the letter.
        logo_dark_url: its logo on dark pages; given when the other one is.
        legal_links: what the law wants linked; empty ones are left out.
    """

    name: str
    initial: str
    css_url: str
    icon_url: str
    support_url: str
    logo_light_url: str = ""
    logo_dark_url: str = ""
    legal_links: Sequence[LegalLink] = ()


def platform_brand() -> Brand:
    """Return the look of pages that belong to no provider."""
    return make_brand(name=PLATFORM_NAME, color=PLATFORM_COLOR, support_url="")


def provider_brand(row: ProviderView) -> Brand:
    """Return the look of a provider's pages."""
    look = make_brand(name=row.name, color=row.brand_color, support_url=row.support_url)
    # One logo serves both kinds of pages until there is another.
    return replace(
        look,
        logo_light_url=logo_url(row.slug, row.logo_light or row.logo_dark),
        logo_dark_url=logo_url(row.slug, row.logo_dark or row.logo_light),
        legal_links=legal_links(row),
    )


def logo_url(slug: str, name: str) -> str:
    """Return where a provider's logo is read, or an empty string where there is none.

    Args:
        slug: the provider's short name.
        name: the logo's, or empty.
    """
    return reverse("brand-logo", kwargs={"slug": slug, "name": name}) if name else ""


def make_brand(*, name: str, color: str, support_url: str) -> Brand:
    """Return a look.

    Args:
        name: shown beside the mark and in the title.
        color: `#rrggbb`.
        support_url: may be empty.

    Raises:
        ValueError: `color` is not a colour.
    """
    digits = to_hex(parse_hex(color))[1:]
    initial = next((letter for letter in name.upper() if letter.isalnum()), "B")
    return Brand(
        name=name,
        initial=initial,
        css_url=reverse("brand-css", kwargs={"color": digits, "digest": digest(brand_css(digits))}),
        icon_url=reverse("brand-icon", kwargs={"color": digits, "initial": initial}),
        support_url=support_url,
    )


@lru_cache(maxsize=1024)
def brand_css(color: str) -> str:
    """Return the style sheet of a colour: custom properties only, one set for light pages and one for dark ones.

    Args:
        color: six hexadecimal digits.

    Raises:
        ValueError: `color` is not a colour.
    """
    colors = brand_colors(color)
    rgb = ",".join(str(channel) for channel in parse_hex(color))
    common = f"--b-fill:{colors.fill};--b-fg:{colors.on_fill}"
    return (
        f":root,[data-bs-theme=light]{{{common};--b-text:{colors.text_light}}}\n"
        f"[data-bs-theme=dark]{{{common};--b-text:{colors.text_dark}}}\n"
        ":root,[data-bs-theme]{--tblr-primary:var(--b-fill);"
        f"--tblr-primary-rgb:{rgb};--tblr-primary-fg:var(--b-fg);--tblr-link-color:var(--b-text)}}\n"
    )


@lru_cache(maxsize=1024)
def preview_css(color: str) -> str:
    """Return the style sheet of a colour that is tried out: the same properties, inside `.brand-preview` only.

    Args:
        color: six hexadecimal digits.

    Raises:
        ValueError: `color` is not a colour.
    """
    colors = brand_colors(color)
    rules = [
        f".brand-preview[data-bs-theme={theme}]{{--b-fill:{colors.fill};--b-fg:{colors.on_fill};--b-text:{text}}}\n"
        for theme, text in (("light", colors.text_light), ("dark", colors.text_dark))
    ]
    swatches = [
        f".swatch-{kind}{{background:{value}}}\n"
        for kind, value in (
            ("fill", colors.fill),
            ("light", colors.text_light),
            ("dark", colors.text_dark),
        )
    ]
    return "".join([*rules, *swatches])


def brand_icon(color: str, initial: str) -> str:
    """Return the icon of a brand as SVG: its letter on its colour.

    Args:
        color: six hexadecimal digits.
        initial: one letter or digit.

    Raises:
        ValueError: `color` is not a colour.
    """
    colors = brand_colors(color)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 28 28">'
        f'<rect width="28" height="28" rx="8" fill="{colors.fill}"/>'
        f'<text x="14" y="20" font-family="sans-serif" font-size="17" font-weight="700" text-anchor="middle"'
        f' fill="{colors.on_fill}">{escape(initial)}</text></svg>'
    )


def digest(content: str) -> str:
    """Return the part of an address that changes with the content."""
    return hashlib.sha256(content.encode()).hexdigest()[:12]
