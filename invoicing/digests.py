"""The digest of a document: over everything that is printed, so that any later change shows."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from invoicing.models import Document, DocumentLine, DocumentTax

_HEAD: Final = (
    "public_id",
    "provider_id",
    "tenant_id",
    "kind",
    "number",
    "series",
    "series_number",
    "issued_at",
    "issued_on",
    "due_on",
    "supplied_on",
    "period_starts_on",
    "period_ends_on",
    "currency",
    "subtotal_minor",
    "discount_minor",
    "tax_minor",
    "total_minor",
    "credit_used_minor",
    "corrects_id",
    "source_type",
    "source_id",
    "posting_id",
    "content",
)
_LINE: Final = (
    "position",
    "name",
    "detail",
    "quantity",
    "unit",
    "unit_price",
    "discount_minor",
    "net_minor",
    "tax_group",
    "corrects_position",
)
_TAX: Final = (
    "position",
    "tax_group",
    "name",
    "category",
    "rate",
    "region",
    "base_minor",
    "tax_minor",
    "reason",
)


def document_digest(
    row: Document, lines: Iterable[DocumentLine], taxes: Iterable[DocumentTax]
) -> str:
    """Return the SHA-256 of a document in hexadecimal.

    Args:
        row: the document as the database holds it.
        lines: all of it, in order.
        taxes: all of it, in order.
    """
    whole = {
        "head": _named(row, _HEAD),
        "lines": [_named(line, _LINE) for line in lines],
        "taxes": [_named(tax, _TAX) for tax in taxes],
    }
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _named(row: Document | DocumentLine | DocumentTax, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: object) -> object:
    """Return a value as JSON writes it; exact decimals without the zeros that a column adds."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value
