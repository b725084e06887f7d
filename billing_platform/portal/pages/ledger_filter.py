"""What is asked for in a ledger: read from an address, written back into one, and as the selector asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from django.utils.translation import gettext as _

from accounts.selectors.statements import StatementQuery
from billing_platform.portal.pages.address import (
    address_day,
    address_query,
    address_text,
    days_bounds,
    row_number,
)
from billing_platform.portal.pages.list_links import OLDEST, asked_size
from billing_platform.portal.words import POSTING_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

USUAL_SIZE: Final = 25
_SIGNS: Final = {"in": 1, "out": -1}


@dataclass(frozen=True, slots=True)
class LedgerFilter:
    """What is asked for.

    Attributes:
        kind: a PostingKind; empty for all.
        currency: of the wallet; empty for the first one.
        direction: `in` for what raised the balance, `out` for what lowered it; empty for both.
        since, until: days in the tenant's zone, both included; None for no bound.
        problem: what could not be read, in words; the rest holds.
        oldest_first: the newest come first unless it says so.
        size: rows of a page, of SIZES.
        before: the entry behind which the page begins; None for the first page.
    """

    kind: str = ""
    currency: str = ""
    direction: str = ""
    since: date | None = None
    until: date | None = None
    problem: str = ""
    oldest_first: bool = False
    size: int = USUAL_SIZE
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what the query of an address asks for; what makes no sense is left out."""
        kind = query.get("kind", "")
        since, until = address_day(query.get("since", "")), address_day(query.get("until", ""))
        direction, problem = query.get("direction", ""), ""
        if any(query.get(name) and not day for name, day in (("since", since), ("until", until))):
            problem = _("A day is written like 2026-11-20. The transactions of all days are shown.")
        elif since and until and until < since:
            problem = _("The last day lies before the first one, so there are no transactions.")
        return cls(
            kind=kind if kind in POSTING_KINDS else "",
            currency=address_text(query.get("currency", ""), 3),
            direction=direction if direction in _SIGNS else "",
            since=since,
            until=until,
            problem=problem,
            oldest_first=query.get("order") == OLDEST,
            size=asked_size(query, USUAL_SIZE),
            before=row_number(query.get("before", "")) or None,
        )

    def query(self) -> str:
        """Return it as the query of an address."""
        given = {
            "kind": self.kind,
            "currency": self.currency,
            "direction": self.direction,
            "since": self.since or "",
            "until": self.until or "",
            "order": OLDEST if self.oldest_first else "",
            "size": self.size if self.size != USUAL_SIZE else "",
            "before": self.before or "",
        }
        return address_query(given)

    @property
    def is_filtered(self) -> bool:
        """Return whether some transactions are left out."""
        return bool(self.kind or self.direction or self.since or self.until)

    def wanted(self, zone: str) -> StatementQuery:
        """Return it as the selector asks; days become moments in a zone."""
        since, until = days_bounds(self.since, self.until, zone)
        return StatementQuery(
            kinds=[self.kind] if self.kind else (),
            since=since,
            until=until,
            sign=_SIGNS.get(self.direction, 0),
            oldest_first=self.oldest_first,
        )
