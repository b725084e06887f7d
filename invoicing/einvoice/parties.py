"""Seller and buyer as EN 16931 names them (BG-4, BG-7), and what it demands of each before tax may be said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from invoicing.einvoice.texts import plain
from invoicing.errors import EInvoiceRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES: Final = 3
# The prefix of a VAT number where it is not the code of its country; Northern Ireland has its own.
_PREFIXES: Final = {"GR": ("EL", "GR"), "GB": ("GB", "XI")}
# Numbers whose compact form leaves the prefix out.
_BARE: Final = frozenset({"GB"})
_OUT_OF_SCOPE: Final = frozenset({"O"})
_BUYER_OWES: Final = frozenset({"AE"})
OWED_BY_SELLER: Final = frozenset({"S"})


def seller_party(content: Mapping[str, Any], categories: frozenset[str]) -> dict[str, Any]:
    """Return the seller.

    Args:
        content: of the document, frozen.
        categories: of its VAT breakdown.

    Raises:
        EInvoiceRefused: no address with its country, or no tax number where tax is said.

    Source: EN 16931-1:2017, BR-06, BR-08, BR-09, BR-CO-26, BR-S-02 and its like, BR-O-02.
    """
    seller = content.get("seller") or {}
    party = _party(seller, _("The seller's name, address and country are missing."))
    number, country = _number(content, "seller"), str(seller.get("country") or "")
    vat = vat_number(country, number)
    if categories <= _OUT_OF_SCOPE:
        vat = ""
    if not number and not categories <= _OUT_OF_SCOPE:
        raise EInvoiceRefused("einvoice_seller", _("The seller's tax number is missing."))
    if vat:
        party["vat_identifier"] = vat
    elif number:
        party["tax_identifier"] = plain(number)
    if registration := plain(seller.get("registration_no")):
        party["legal_identifier"] = registration
    elif not vat:
        # Somebody has to be named by more than a name.
        party["identifiers"] = {None: plain(number) or party["name"]}
    if email := plain(seller.get("email")):
        party["contacts"] = [{"name": party["name"], "email": email}]
        party |= {"einvoicing_addr": email, "einvoicing_addr_schemeid": "EM"}
    return party


def buyer_party(content: Mapping[str, Any], categories: frozenset[str]) -> dict[str, Any]:
    """Return the buyer.

    Args:
        content: of the document, frozen.
        categories: of its VAT breakdown.

    Raises:
        EInvoiceRefused: no country, or no VAT number where the buyer owes the tax.

    Source: EN 16931-1:2017, BR-07, BR-10, BR-11, BR-AE-02, BR-O-02.
    """
    buyer = content.get("buyer") or {}
    party = _party(buyer, _("The buyer's name or country is missing."))
    vat = vat_number(str(buyer.get("country") or ""), _number(content, "buyer"))
    if not vat and categories & _BUYER_OWES:
        words = _("The buyer owes the tax, but its VAT number is missing.")
        raise EInvoiceRefused("einvoice_buyer", words)
    if vat and not categories <= _OUT_OF_SCOPE:
        party["vat_identifier"] = vat
    if number := plain(buyer.get("customer_no")):
        party["identifiers"] = {None: number}
    return party


def representative_party(
    content: Mapping[str, Any], categories: frozenset[str]
) -> dict[str, dict[str, Any]]:
    """Return the seller's tax representative where one owes the tax, else nothing.

    Args:
        content: of the document, frozen.
        categories: of its VAT breakdown.

    Source: EN 16931-1:2017, BG-11 and BG-12, BR-18 to BR-20, BR-56.
    """
    told = content.get("representative") or {}
    if not told or not categories & OWED_BY_SELLER:
        return {}
    party = _party(told, _("The tax representative's name or country is missing."))
    number = str(told["number"])
    return {
        "BG-11": party | {"vat_identifier": vat_number(told["country"], number) or plain(number)}
    }


def vat_number(country: str, number: str) -> str:
    """Return a number with its country's prefix, or "" where it is no VAT number.

    Args:
        country: ISO 3166, two letters.
        number: compact, with or without prefix.

    Source: EN 16931-1:2017, BR-CO-09; Directive 2006/112/EC Art. 215 (EL for Greece).
    """
    if number.startswith(_PREFIXES.get(country, (country,))) and country:
        return plain(number)
    return f"{country}{number}" if number.isalnum() and country in _BARE else ""


def _number(content: Mapping[str, Any], side: str) -> str:
    """Return the number by which the tax was decided, else the one that the document names."""
    known = content.get("tax") or {}
    decided = known.get("seller_number" if side == "seller" else "customer_number")
    return str(decided or (content.get(side) or {}).get("tax_id") or "")


def _party(party: Mapping[str, Any], words: str) -> dict[str, Any]:
    name, country = plain(party.get("name")), plain(party.get("country"))
    if not name or not country:
        raise EInvoiceRefused("einvoice_party", words)
    # Documents of before had their address in one piece.
    street = [plain(line) for line in party.get("street") or party.get("address") or ()]
    shown = [*street[: _LINES - 1], ", ".join(street[_LINES - 1 :])]
    found: dict[str, Any] = {"name": name, "country_code": country}
    found |= {f"addr_l{at}": line for at, line in enumerate(shown, start=1) if line}
    for ours, theirs in (
        ("postcode", "postcode"),
        ("city", "city"),
        ("region", "country_subdivision"),
    ):
        if value := plain(party.get(ours)):
            found[theirs] = value
    return found
