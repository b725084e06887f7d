"""One usage event as it came in, in the one form that every importer makes and ingestion takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal


class IncomingEvent(NamedTuple):
    """One measured fact before anything is known about its tenant or meter.

    Attributes:
        event_id: the sender's id, unique per source for ever.
        source: who sent it; with the provider and the id the key of de-duplication.
        tenant: the tenant's external id.
        type: what meters match.
        subject: the resource or identity, or an empty string.
        at: when it happened, in UTC.
        data: quantity (plain decimal string) and properties.
        data_text: `data` as canonical JSON.
        digest: 32 hexadecimal digits over the content.
        quantity: the quantity as read, where the importer has it.
        at_text: `at` in ISO format, where the importer has it.
        is_plain: whether the importer knows that no text of it needs an escape, in JSON or in COPY.
    """

    event_id: str
    source: str
    tenant: str
    type: str
    subject: str
    at: datetime
    data: Mapping[str, object]
    data_text: str
    digest: str
    quantity: Decimal | None = None
    at_text: str = ""
    is_plain: bool = False
