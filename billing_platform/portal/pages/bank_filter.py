"""What is asked for in a list of bank lines: read from an address, written back into one, and as the selector asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Self

from billing_platform.portal.pages.address import address_day, address_query, address_text
from billing_platform.portal.pages.list_links import asked_size
from payments.enums_bank import LineReason, LineState
from payments.selectors.bank_lines import LineQuery

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL_SIZE: Final = 50
_TEXT_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class BankFilter:
    """What is asked for; what makes no sense is left out.

    Attributes:
        statement: the public id of a statement.
        text: a part of a name, a text or a reference, or a whole IBAN.
        since, until: days of booking, both included.
        size: rows of a page, of SIZES.
        before: the row before which the page begins.
    """

    state: str = ""
    reason: str = ""
    statement: str = ""
    text: str = ""
    since: date | None = None
    until: date | None = None
    size: int = USUAL_SIZE
    before: int = 0

    @classmethod
    def of(cls, query: Mapping[str, str], *, before: int = 0) -> Self:
        """Return what an address asks for."""
        state, reason = query.get("state", ""), query.get("reason", "")
        return cls(
            state=state if state in LineState.values else "",
            reason=reason if reason in LineReason.values else "",
            statement=address_text(query.get("statement", ""), _TEXT_MAX),
            text=address_text(query.get("q", ""), _TEXT_MAX),
            since=address_day(query.get("since", "")),
            until=address_day(query.get("until", "")),
            size=asked_size(query, USUAL_SIZE),
            before=before,
        )

    def query(self, **changes: object) -> str:
        """Return it, changed, as the query of an address."""
        now = replace(self, **changes)  # type: ignore[arg-type]  # names of its own fields
        return address_query(
            {
                "state": now.state,
                "reason": now.reason,
                "statement": now.statement,
                "q": now.text,
                "since": now.since,
                "until": now.until,
                "size": now.size if now.size != USUAL_SIZE else "",
                "before": now.before,
            }
        )

    @property
    def narrows(self) -> bool:
        """Return whether some lines are left out."""
        return replace(self, before=0, size=USUAL_SIZE) != BankFilter()

    def wanted(self, statement_id: int | None) -> LineQuery:
        """Return it as the selector asks."""
        return LineQuery(
            state=self.state,
            reason=self.reason,
            statement_id=statement_id,
            text=self.text,
            since=self.since,
            until=self.until + timedelta(days=1) if self.until else None,
            before=self.before or None,
        )
