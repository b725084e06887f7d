"""Colour arithmetic of the white label: one brand colour becomes three readable ones. Pure; called by `brand`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# WCAG 2.2, success criterion 1.4.3: text against its ground.
TEXT_CONTRAST: Final = 4.5
WHITE: Final = (255, 255, 255)
NEAR_BLACK: Final = (20, 23, 26)
BLACK: Final = (0, 0, 0)
# The grounds on which brand-coloured text stands: page and card, light and dark (see static/css/tokens.css).
LIGHT_GROUNDS: Final = ((255, 255, 255), (250, 250, 250))
DARK_GROUNDS: Final = ((38, 38, 38), (23, 23, 23))
# The current entry of the navigation is tinted with this share of the brand colour.
TINT: Final = 0.14

_HEX: Final = re.compile(r"#?([0-9a-fA-F]{6})")

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class BrandColors:
    """The computed colours of a brand, as `#rrggbb`.

    Attributes:
        fill: buttons and marks; the brand colour itself.
        on_fill: text on `fill`.
        text_light: links and outlines on light pages.
        text_dark: links and outlines on dark pages.
    """

    fill: str
    on_fill: str
    text_light: str
    text_dark: str


def parse_hex(color: str) -> Rgb:
    """Return the red, green and blue of a colour.

    Args:
        color: six hexadecimal digits, with or without `#`.

    Raises:
        ValueError: the text is not such a colour.
    """
    match = _HEX.fullmatch(color)
    if match is None:
        raise ValueError(f"{color!r} is not a colour like #1f5eff.")
    digits = match.group(1)
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def to_hex(rgb: Rgb) -> str:
    """Return a colour as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*rgb)


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    Source: WCAG 2.2, definition of contrast ratio.
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def brand_colors(color: str) -> BrandColors:
    """Return the readable colours of a brand.

    Args:
        color: the provider's colour, `#rrggbb`.

    Raises:
        ValueError: the text is not a colour.
    """
    fill = parse_hex(color)
    on_fill = next(
        ink
        for ink in (WHITE, NEAR_BLACK, BLACK)
        if ink == BLACK or contrast(fill, ink) >= TEXT_CONTRAST
    )
    return BrandColors(
        fill=to_hex(fill),
        on_fill=to_hex(on_fill),
        text_light=to_hex(_readable(fill, BLACK, LIGHT_GROUNDS)),
        text_dark=to_hex(_readable(fill, WHITE, DARK_GROUNDS)),
    )


def mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Return `one` with a share (0 to 1) of `other` in it."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _readable(fill: Rgb, towards: Rgb, grounds: tuple[Rgb, ...]) -> Rgb:
    tinted = [*grounds, *(mix(ground, fill, TINT) for ground in grounds)]
    for step in range(101):
        candidate = mix(fill, towards, step / 100)
        if all(contrast(candidate, ground) >= TEXT_CONTRAST for ground in tinted):
            return candidate
    return towards


def _luminance(rgb: Rgb) -> float:
    red, green, blue = (_linear(channel / 255) for channel in rgb)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
