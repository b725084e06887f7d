"""What waits to be issued."""

from __future__ import annotations

from invoicing.enums import DocumentState, SourceType
from invoicing.models import Document


def providers_with_drafts() -> list[int]:
    """Return the providers whose payments wait for their documents; the system's scope is open."""
    rows = Document.objects.filter(state=DocumentState.DRAFT, source_type=SourceType.PAYMENT)
    return list(rows.order_by("provider_id").values_list("provider_id", flat=True).distinct())
