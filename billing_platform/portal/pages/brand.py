"""The brand page: how a provider looks and signs, a colour tried out in light and dark, and its host names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.brand import digest, logo_url, preview_css
from billing_platform.portal.brand_colors import (
    DARK_GROUNDS,
    LIGHT_GROUNDS,
    TEXT_CONTRAST,
    brand_colors,
    contrast,
    parse_hex,
)
from tenants.enums import HostOutcome
from tenants.selectors.hosts import list_hosts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django_stubs_ext import StrOrPromise

    from billing_platform.portal.brand_colors import Rgb
    from tenants.types import HostView, ProviderView

# WCAG 2.2, success criterion 1.4.6.
_ENHANCED_CONTRAST: Final = 7
OUTCOMES: Final[dict[str, Any]] = {each.value: each.label for each in HostOutcome}


@dataclass(frozen=True, slots=True)
class Swatch:
    """One computed colour.

    Attributes:
        kind: `fill`, `light` or `dark`, by which the style sheet colours it.
        hex: the colour.
        use: where it stands.
        ratio: the contrast of the text that it makes, 1 to 21.
        verdict: the contrast in words.
        is_changed: whether it had to leave the brand's colour so that it can be read.
    """

    kind: str
    hex: str
    use: StrOrPromise
    ratio: float
    verdict: StrOrPromise
    is_changed: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A colour tried out; `css_url` colours what stands inside `.brand-preview`."""

    css_url: str
    swatches: Sequence[Swatch]
    is_saved: bool


@dataclass(frozen=True, slots=True)
class HostLine:
    """One host name.

    Attributes:
        host: its name, whether it is proved, and else the record that proves it.
        kept: why it cannot be removed, or empty.
        outcome: what DNS said last, in words; empty before, and when it is proved.
    """

    host: HostView
    kept: StrOrPromise
    outcome: str
    remove_url: str
    check_url: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One value, for those who may not change it."""

    label: StrOrPromise
    text: str


@dataclass(frozen=True, slots=True)
class LogoLine:
    """A logo of the provider's own for one kind of pages; `theme` is light or dark."""

    theme: str
    label: StrOrPromise
    url: str


@dataclass(frozen=True, slots=True)
class BrandPage:
    """Everything on the page; `may_edit` is for owners."""

    facts: Sequence[Fact]
    preview: Preview
    logos: Sequence[LogoLine]
    hosts: Sequence[HostLine]
    may_edit: bool
    zone: str


def brand_page(provider: ProviderView, *, color: str, host: str, may_edit: bool) -> BrandPage:
    """Return the page, by one query.

    Args:
        provider: whose; its scope is open.
        color: the colour that is tried out, `#rrggbb`.
        host: the host name that is used just now.
        may_edit: whether the person may change anything.

    Raises:
        ValueError: `color` is not a colour.
    """
    return BrandPage(
        facts=_facts(provider),
        preview=_preview(color, provider.brand_color),
        logos=_logos(provider),
        hosts=_hosts(provider.id, host.lower()),
        may_edit=may_edit,
        zone=provider.time_zone,
    )


def _facts(provider: ProviderView) -> list[Fact]:
    return [
        Fact(_("Name"), provider.name),
        Fact(_("Colour"), provider.brand_color),
        Fact(_("Sender's name"), provider.sender_name),
        Fact(_("Sender's address"), provider.sender_email),
        Fact(_("Support page"), provider.support_url),
        Fact(_("Imprint"), provider.imprint_url),
        Fact(_("Terms"), provider.terms_url),
        Fact(_("Privacy"), provider.privacy_url),
    ]


def _preview(color: str, saved: str) -> Preview:
    colors = brand_colors(color)
    fill, digits = parse_hex(colors.fill), colors.fill[1:]
    button = contrast(fill, parse_hex(colors.on_fill))
    swatches = [
        Swatch(
            "fill", colors.fill, _("Buttons and marks"), button, _verdict(button), is_changed=False
        )
    ]
    for kind, text, use, grounds in (
        ("light", colors.text_light, _("Links on light pages"), LIGHT_GROUNDS),
        ("dark", colors.text_dark, _("Links on dark pages"), DARK_GROUNDS),
    ):
        ratio = _least(parse_hex(text), grounds)
        swatches.append(Swatch(kind, text, use, ratio, _verdict(ratio), text != colors.fill))
    address = {"color": digits, "digest": digest(preview_css(digits))}
    return Preview(
        css_url=reverse("brand-preview-css", kwargs=address),
        swatches=swatches,
        is_saved=colors.fill == saved.lower(),
    )


def _least(text: Rgb, grounds: tuple[Rgb, ...]) -> float:
    return min(contrast(text, ground) for ground in grounds)


def _verdict(ratio: float) -> StrOrPromise:
    if ratio >= _ENHANCED_CONTRAST:
        return _("Very easy to read")
    return _("Easy to read") if ratio >= TEXT_CONTRAST else _("Hard to read")


def _logos(provider: ProviderView) -> list[LogoLine]:
    named = (
        ("light", _("Logo on light pages"), provider.logo_light),
        ("dark", _("Logo on dark pages"), provider.logo_dark),
    )
    return [
        LogoLine(theme, label, logo_url(provider.slug, name))
        for theme, label, name in named
        if name
    ]


def _hosts(provider_id: int, current: str) -> list[HostLine]:
    rows = list_hosts(provider_id)
    proved = sum(row.is_proved for row in rows)
    lines = []
    for row in rows:
        kept: StrOrPromise = ""
        if row.name == current:
            kept = _("You are here")
        elif row.is_proved and proved == 1:
            kept = _("The last one stays")
        place = {"host_id": row.id}
        lines.append(
            HostLine(
                host=row,
                kept=kept,
                outcome="" if row.is_proved else OUTCOMES.get(row.outcome, ""),
                remove_url=reverse("provider-host-remove", kwargs=place),
                check_url=reverse("provider-host-check", kwargs=place),
            )
        )
    return lines
