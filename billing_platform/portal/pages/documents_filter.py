"""What is asked for in a list of documents: read from an address, written back into one, and as the selector asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Self

from billing_platform.portal.pages.address import (
    address_day,
    address_query,
    address_text,
    row_number,
)
from billing_platform.portal.pages.list_links import OLDEST, asked_size
from invoicing.enums import DocumentKind, Status
from invoicing.selectors.documents import DocumentQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL_SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class DocumentFilter:
    """What is asked for; what makes no sense is left out.

    Attributes:
        kind: of DocumentKind.
        status: of Status.
        client: a client's own id.
        number: a part of the number.
        since, until: days of issue, both included.
        oldest_first: the newest come first unless it says so.
        size: rows of a page, of SIZES.
        before: the row behind which the page begins.
    """

    kind: str = ""
    status: str = ""
    client: str = ""
    number: str = ""
    since: date | None = None
    until: date | None = None
    oldest_first: bool = False
    size: int = USUAL_SIZE
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what an address asks for."""
        kind, status = query.get("kind", ""), query.get("status", "")
        return cls(
            kind=kind if kind in DocumentKind.values else "",
            status=status if status in Status.values else "",
            client=address_text(query.get("client", ""), 200),
            number=address_text(query.get("number", ""), 40),
            since=address_day(query.get("since", "")),
            until=address_day(query.get("until", "")),
            oldest_first=query.get("order") == OLDEST,
            size=asked_size(query, USUAL_SIZE),
            before=row_number(query.get("before", "")) or None,
        )

    def query(self, **changes: object) -> str:
        """Return it, changed, as the query of an address."""
        now = replace(self, **changes)  # type: ignore[arg-type]  # names of its own fields
        return address_query(
            {
                "kind": now.kind,
                "status": now.status,
                "client": now.client,
                "number": now.number,
                "since": now.since,
                "until": now.until,
                "order": OLDEST if now.oldest_first else "",
                "size": now.size if now.size != USUAL_SIZE else "",
                "before": now.before,
            }
        )

    @property
    def narrows(self) -> bool:
        """Return whether some documents are left out."""
        shown = replace(self, before=None, oldest_first=False, size=USUAL_SIZE)
        return shown != DocumentFilter()

    def wanted(self, tenant_id: int | None, *, is_staff: bool = False) -> DocumentQuery:
        """Return it as the selector asks; the provider's people see drafts where they ask for them."""
        return DocumentQuery(
            tenant_id=tenant_id,
            kinds=[self.kind] if self.kind else (),
            status=self.status,
            number=self.number,
            since=self.since,
            until=self.until + timedelta(days=1) if self.until else None,
            before=self.before,
            oldest_first=self.oldest_first,
            with_drafts=is_staff and self.status == Status.DRAFT,
        )
