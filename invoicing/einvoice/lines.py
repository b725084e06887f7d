"""A line of a document as EN 16931 wants it (BG-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.rounding import round_to_minor
from invoicing.einvoice.texts import amount, figure, minor, plain
from invoicing.errors import EInvoiceRefused

if TYPE_CHECKING:
    from invoicing.einvoice.breakdown import VatGroup
    from invoicing.types import LineView

# UN/ECE recommendation 20; what is not known there is counted in pieces, and called by its name in the description.
UNITS: Final = {
    # time
    "millisecond": "C26",
    "ms": "C26",
    "second": "SEC",
    "sec": "SEC",
    "s": "SEC",
    "minute": "MIN",
    "min": "MIN",
    "hour": "HUR",
    "hr": "HUR",
    "h": "HUR",
    "day": "DAY",
    "week": "WEE",
    "month": "MON",
    "year": "ANN",
    # data
    "byte": "AD",
    "kb": "2P",
    "kilobyte": "2P",
    "mb": "4L",
    "megabyte": "4L",
    "gb": "E34",
    "gigabyte": "E34",
    "tb": "E35",
    "terabyte": "E35",
    "pb": "E36",
    "petabyte": "E36",
    "kib": "E64",
    "kibibyte": "E64",
    "mib": "E63",
    "mebibyte": "E63",
    "gib": "E62",
    "gibibyte": "E62",
    "tib": "E61",
    "tebibyte": "E61",
    # energy, lengths, weights and volumes; a lone letter like m may be a minute or a metre, so it is none of them
    "wh": "WHR",
    "kwh": "KWH",
    "mwh": "MWH",
    "km": "KMT",
    "litre": "LTR",
    "liter": "LTR",
    "kg": "KGM",
    "m3": "MTQ",
    "m³": "MTQ",
    # what is counted
    "unit": "C62",
    "piece": "H87",
    "pc": "H87",
    "%": "P1",
}
_PIECE: Final = "C62"


def line_fields(line: LineView, group: VatGroup, currency: str) -> dict[str, Any]:
    """Return the fields of a line.

    Args:
        line: as it is printed.
        group: of the VAT breakdown, which it falls under.
        currency: of the document.

    Raises:
        EInvoiceRefused: the line takes something off, which the standard says by discounts only.

    Source: EN 16931-1:2017, BG-25, BR-27 (no price below zero), BR-O-05.
    """
    gross_minor = line.net.amount_minor + line.discount.amount_minor
    if gross_minor < 0 or line.quantity < 0 or line.unit_price < 0:
        words = _("A line is below zero; EN 16931 takes discounts instead.")
        raise EInvoiceRefused("einvoice_line", words)
    found: dict[str, Any] = {
        "BT-126": str(line.position),
        **_quantity(line, gross_minor),
        "BT-131": amount(line.net),
        "BT-151": group.category,
        "BT-153": plain(line.name) or "–",
        **_price(line, gross_minor, currency),
    }
    if group.category != "O":
        found["BT-152"] = figure(group.rate)
    if words := "\n".join(part for part in (plain(line.detail), _odd_unit(line.unit)) if part):
        found["BT-154"] = words
    if line.discount:
        found["BG-27"] = [
            {"amount": amount(line.discount), "reason": _("Discount"), "reason_code": "95"}
        ]
    return found


def _is_lump(line: LineView, gross_minor: int) -> bool:
    """Tell a minimum that is due without usage: quantity times price must give what is due (Peppol, R120)."""
    return not line.quantity and gross_minor > 0


def _quantity(line: LineView, gross_minor: int) -> dict[str, str]:
    if _is_lump(line, gross_minor):
        return {"BT-129": "1", "BT-130": _PIECE}
    return {"BT-129": figure(line.quantity), "BT-130": _unit(line.unit)}


def _price(line: LineView, gross_minor: int, currency: str) -> dict[str, str]:
    """Return the price; where tiers or rounding give no price per unit, that of the whole quantity (BT-149)."""
    if _is_lump(line, gross_minor):
        return {"BT-146": minor(gross_minor, currency)}
    exact = (line.quantity * line.unit_price).scaleb(exponent(currency))
    if round_to_minor(exact) == gross_minor or not line.quantity:
        return {"BT-146": figure(line.unit_price)}
    return {"BT-146": minor(gross_minor, currency), "BT-149": figure(line.quantity)}


def _unit(unit: str) -> str:
    return UNITS.get(_one(unit), _PIECE)


def _odd_unit(unit: str) -> str:
    return "" if _one(unit) in UNITS else plain(unit)


def _one(unit: str) -> str:
    name = unit.strip()
    name = name[:-1] if len(name) > 2 and name.lower().endswith("s") else name
    # Mb and Gb are bits, which are no megabytes and gigabytes; written small they are what people mean by them.
    return name if name[:1].isupper() and name.endswith("b") else name.lower()
