"""Seller and buyer as a document names them, and where the supply is placed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.formats import format_country
from invoicing.rendering.scripts import Text, clean, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Who has no value added tax by that name.
_NO_VAT: Final = frozenset({"AU", "BR", "CA", "HK", "JP", "MY", "NZ", "SG", "US"})


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys.

    Attributes:
        address: its lines as they are printed, the country last; those that run alike are one text with breaks.
        numbers: tax number and the like, each with its word.
    """

    name: Text
    address: tuple[Text, ...]
    numbers: tuple[tuple[str, str], ...]


def seller_of(content: Mapping[str, Any], locale: str) -> Party:
    """Return who sells, in the active language.

    Args:
        content: of the document, as frozen.
        locale: how the country is called.

    Source: Directive 2006/112/EC Art. 226 (3) and (5); CGST Rules 2017, rule 46 (a).
    """
    seller, tax = content.get("seller") or {}, content.get("tax") or {}
    numbers = (
        (_tax_word(seller), tax.get("seller_number") or seller.get("tax_id")),
        (_("Registration number"), seller.get("registration_no")),
        (_("E-mail"), seller.get("email")),
    )
    return _party(seller, numbers, locale)


def buyer_of(content: Mapping[str, Any], locale: str) -> Party:
    """Return who buys, in the active language.

    Args:
        content: of the document, as frozen.
        locale: how the country is called.

    Source: Directive 2006/112/EC Art. 226 (4) and (5); CGST Rules 2017, rule 46 (d) to (f) and (o).
    """
    buyer, tax = content.get("buyer") or {}, content.get("tax") or {}
    numbers = (
        (_tax_word(buyer), tax.get("customer_number") or buyer.get("tax_id")),
        (_("Customer number"), buyer.get("customer_no")),
        (_("Address of delivery"), ", ".join(map(clean, buyer.get("delivery") or ()))),
    )
    return _party(buyer, numbers, locale)


def sellers_notices(content: Mapping[str, Any], locale: str) -> list[str]:
    """Return what the law wants said of a seller who owes the tax of a document, in the active language.

    Args:
        content: of the document, as frozen.
        locale: how the country is called.

    Source: Directive 2006/112/EC Art. 226 (7a) and (15).
    """
    found = [_("Cash accounting")] if content.get("cash_accounting") else []
    told = content.get("representative") or {}
    if told:
        address = ", ".join(map(clean, told["address"]))
        words = _("Tax representative: %(name)s, %(address)s, %(country)s, VAT number %(number)s")
        found.append(
            words
            % {
                "name": clean(told["name"]),
                "address": address,
                "country": format_country(told["country"], locale),
                "number": clean(told["number"]),
            }
        )
    return found


def place_of_supply(content: Mapping[str, Any], locale: str) -> str:
    """Return where the supply is placed: a state of India by name and code; empty where the document does not say.

    Args:
        content: of the document, as frozen.
        locale: how the country is called.

    Source: CGST Rules 2017, rule 46 (n).
    """
    place = (content.get("tax") or {}).get("place") or {}
    country, region, name = (clean(place.get(key)) for key in ("country", "region", "name"))
    if name and country == "IN":
        return f"{name} ({region})" if region else name
    return ", ".join(filter(None, (region, format_country(country, locale) if country else "")))


def _party(raw: Mapping[str, Any], numbers: Sequence[tuple[str, object]], locale: str) -> Party:
    country = clean(raw.get("country"))
    lines = [text_of(line, country) for line in raw.get("address") or () if clean(line)]
    if country:
        lines.append(text_of(format_country(country, locale)))
    known = ((label, clean(value)) for label, value in numbers)
    return Party(
        name=text_of(raw.get("name"), country),
        address=_blocks(lines),
        numbers=tuple((label, value) for label, value in known if value),
    )


def _blocks(lines: Sequence[Text]) -> tuple[Text, ...]:
    """Return lines as few texts: each takes time of its own to be laid out."""
    alike = groupby(lines, key=lambda line: (line.turned, line.language))
    return tuple(Text("\n".join(line.text for line in found), *how) for how, found in alike)


def _tax_word(party: Mapping[str, Any]) -> str:
    country = party.get("country") or ""
    if country == "IN":
        return "GSTIN"
    return _("Tax number") if country in _NO_VAT or not country else _("VAT number")
