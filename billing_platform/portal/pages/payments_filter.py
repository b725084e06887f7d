"""What is asked for in a list of payments: read from an address, written back into one, and as the selector asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from django.utils.translation import gettext as _

from billing_platform.portal.pages.address import (
    address_day,
    address_query,
    address_text,
    days_bounds,
    row_number,
)
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.list_links import OLDEST, asked_size
from payments.selectors.payments import GROUPS, PaymentQuery

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

USUAL_SIZE: Final = 50
# What customers narrow their own payments to; what only the staff knows is none of it.
OWN_GROUPS: Final = ("awaited", "succeeded", "partly_refunded", "refunded", "disputed", "failed")


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """What is asked for; what makes no sense is left out.

    Attributes:
        group: of GROUPS, or of what another list knows.
        client: a client's own id.
        way: the public id of a connection.
        since, until: days in the page's zone, both included.
        oldest_first: the newest come first unless it says so.
        size: rows of a page, of SIZES.
        before: the number behind which the page begins.
    """

    group: str = ""
    client: str = ""
    way: str = ""
    since: date | None = None
    until: date | None = None
    oldest_first: bool = False
    size: int = USUAL_SIZE
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], groups: Collection[str] = GROUPS) -> Self:
        """Return what an address asks for.

        Args:
            query: of the address.
            groups: the words that a list knows.
        """
        group = query.get("state", "")
        return cls(
            group=group if group in groups else "",
            client=address_text(query.get("client", ""), 200),
            way=address_text(query.get("way", ""), 40),
            since=address_day(query.get("since", "")),
            until=address_day(query.get("until", "")),
            oldest_first=query.get("order") == OLDEST,
            size=asked_size(query, USUAL_SIZE),
            before=row_number(query.get("before", "")) or None,
        )

    @classmethod
    def own(cls, query: Mapping[str, str]) -> Self:
        """Return what a customer's address asks for of its own payments.

        Args:
            query: of the address.
        """
        asked = cls.of(query, OWN_GROUPS)
        return replace(asked, client="", way="")

    def query(self, **changes: object) -> str:
        """Return it, changed, as the query of an address."""
        now = replace(self, **changes)  # type: ignore[arg-type]  # names of its own fields
        given = {
            "state": now.group,
            "client": now.client,
            "way": now.way,
            "since": now.since or "",
            "until": now.until or "",
            "order": OLDEST if now.oldest_first else "",
            "size": now.size if now.size != USUAL_SIZE else "",
            "before": now.before or "",
        }
        return address_query(given)

    @property
    def narrows(self) -> bool:
        """Return whether some payments are left out."""
        return bool(self.group or self.client or self.way or self.since or self.until)

    def wanted(self, zone: str, tenant_id: int | None) -> PaymentQuery:
        """Return it as the selector asks."""
        since, until = days_bounds(self.since, self.until, zone)
        return PaymentQuery(
            group=self.group,
            tenant_id=tenant_id,
            connection=self.way,
            since=since,
            until=until,
            before=self.before,
            oldest_first=self.oldest_first,
        )


def group_choices(wanted: PaymentFilter) -> list[Choice]:
    """Return what the list of payments can be narrowed to, in words.

    Args:
        wanted: what is asked for.
    """
    return _choices(wanted, {"": _("All states"), "open": _("Open"), **_words()})


def own_group_choices(wanted: PaymentFilter) -> list[Choice]:
    """Return what a customer's own payments can be narrowed to, in words.

    Args:
        wanted: what is asked for.
    """
    words = {"": _("All states"), "awaited": _("Open"), **_words()}
    return _choices(wanted, {key: words[key] for key in ("", *OWN_GROUPS)})


def _words() -> dict[str, str]:
    return {
        "succeeded": _("Succeeded"),
        "partly_refunded": _("Partly refunded"),
        "refunded": _("Refunded"),
        "disputed": _("Disputed"),
        "failed": _("Failed or canceled"),
        "quarantined": _("To be looked at"),
        "warned": _("May be fraud"),
        "refund_returned": _("Refund came back"),
    }


def _choices(wanted: PaymentFilter, words: Mapping[str, str]) -> list[Choice]:
    return [Choice(key, label, is_chosen=key == wanted.group) for key, label in words.items()]
