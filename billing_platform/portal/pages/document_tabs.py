"""The tabs of a list of documents: how they stand, each with how many do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.portal.pages.status_tabs import StatusTab, counted
from invoicing.enums import Status
from invoicing.selectors.document_counts import count_by_status

if TYPE_CHECKING:
    from datetime import date

    from billing_platform.portal.pages.documents_filter import DocumentFilter
    from invoicing.selectors.documents import DocumentQuery

_ORDER: Final = (
    Status.SENT,
    Status.PARTIALLY_PAID,
    Status.OVERDUE,
    Status.PAID,
    Status.CANCELLED,
    Status.WRITTEN_OFF,
)


def document_tabs(
    provider_id: int, query: DocumentQuery, wanted: DocumentFilter, path: str, *, today: date
) -> list[StatusTab]:
    """Return the tabs, by three queries; drafts have one while they are looked at, and are none of all.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        query: what the filters ask for.
        wanted: the filters, which every tab keeps.
        path: of the list.
        today: the provider's day.
    """
    found = count_by_status(provider_id, query, today=today)
    issued = sum(count for status, count in found.counts.items() if status != Status.DRAFT)
    every = counted(issued, most=COUNT_CAP, is_capped=bool(found.capped))
    return [
        StatusTab(_("All"), path + wanted.query(status="", before=None), every, not wanted.status),
        *(
            StatusTab(
                label=str(status.label),
                url=path + wanted.query(status=status.value, before=None),
                count=counted(
                    found.counts.get(status, 0), most=COUNT_CAP, is_capped=status in found.capped
                ),
                is_current=wanted.status == status,
            )
            for status in ((*_ORDER, Status.DRAFT) if query.with_drafts else _ORDER)
        ),
    ]
