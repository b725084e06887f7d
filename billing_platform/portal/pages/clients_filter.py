"""What is asked for on the list of clients: read from an address, written back into one, and as chips to take away."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext as _

from billing_platform.kernel.formats import format_quantity
from billing_platform.portal.amounts import amount_of
from billing_platform.portal.pages.address import address_query, row_number
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.list_links import asked_size
from billing_platform.portal.words import (
    BILLING_PLANS,
    INLINE_REASONS,
    STATUSES,
    SUSPENSION_REASONS,
)
from usage.selectors.directory import TenantQuery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from usage.selectors.sale import OfferedVersion

SEARCH_MAX: Final = 200
# In an address: everybody, although the person's default filter leaves some out.
EVERYBODY: Final = "all"
ORDERS: Final = {
    "": gettext_noop("Newest first"),
    "oldest": gettext_noop("Oldest first"),
    "name": gettext_noop("By name"),
    "name_down": gettext_noop("By name, from Z to A"),
    "balance": gettext_noop("Lowest balance first"),
    "balance_down": gettext_noop("Highest balance first"),
}
BY_BALANCE: Final = ("balance", "balance_down")
# The words of an address for the fields of the filter.
_NAMES: Final = {
    "search": "q",
    "status": "status",
    "reason": "reason",
    "billing": "billing",
    "plan": "plan",
    "below": "below",
    "order": "order",
    "currency": "currency",
    "size": "size",
    "after": "after",
    "view": "view",
}


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """What is asked for; each may be empty.

    Attributes:
        search: part of a name or external id.
        status: a TenantStatus.
        reason: a SuspensionReason.
        billing: a BillingPlan.
        plan: a plan's code, or code@number for one version of it.
        below: a balance in major units.
        order: of ORDERS.
        currency: of the balances that it is sorted by; empty for the provider's own, and in every other order.
        size: rows of a page, of SIZES; empty for the usual number.
        after: the last client of the page before.
        view: EVERYBODY when nothing shall narrow the list, not even a default.
    """

    search: str = ""
    status: str = ""
    reason: str = ""
    billing: str = ""
    plan: str = ""
    below: str = ""
    order: str = ""
    currency: str = ""
    size: str = ""
    after: str = ""
    view: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ClientFilter:
        """Return what a query asks for; what makes no sense is left out."""
        given = {field: query.get(name, "").strip() for field, name in _NAMES.items()}
        known = {"status": STATUSES, "reason": SUSPENSION_REASONS, "billing": BILLING_PLANS}
        chosen = {field: given[field] for field, words in known.items() if given[field] in words}
        return cls(
            **chosen,
            search=given["search"][:SEARCH_MAX],
            plan=given["plan"][:SEARCH_MAX],
            below=given["below"][:30] if amount_of(given["below"]) is not None else "",
            order=given["order"] if given["order"] in ORDERS else "",
            currency=given["currency"][:3] if given["order"] in BY_BALANCE else "",
            size=given["size"] if asked_size(query, 0) else "",
            after=str(row_number(given["after"]) or ""),
            view=EVERYBODY if given["view"] == EVERYBODY else "",
        )

    def query(self) -> str:
        """Return it as the query of an address, without what is empty."""
        return address_query(self.fields())

    def fields(self) -> list[tuple[str, str]]:
        """Return it as the fields of a form, without what is empty; `view` only where nothing else is asked for."""
        filled = [(_NAMES[field], value) for field, value in asdict(self).items() if value]
        return [pair for pair in filled if pair[0] != "view" or len(filled) == 1]

    def without(self, *fields: str) -> ClientFilter:
        """Return it from the first page on, with some fields emptied."""
        return replace(self, **dict.fromkeys((*fields, "after"), ""))

    @property
    def narrows(self) -> bool:
        """Return whether it leaves clients out."""
        return self.without("order", "currency", "size", "view") != ClientFilter()

    @property
    def asked(self) -> str:
        """Return what is asked for as a query to keep: without place and question mark; empty when it is nothing."""
        return self.without("size", "view").query().removeprefix("?")


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing that narrows the list, and the address without it."""

    label: str
    url: str


def tenant_query(
    wanted: ClientFilter, versions: Sequence[OfferedVersion], currency: str
) -> TenantQuery:
    """Return the question for the directory; a plan that does not exist finds nobody.

    Args:
        wanted: as it was asked for.
        versions: what the provider sells or sold.
        currency: of the balances, where they are sorted by.
    """
    plan_id, version_id = _plan(wanted.plan, versions)
    return TenantQuery(
        search=wanted.search,
        status=wanted.status,
        reason=wanted.reason,
        billing_plan=wanted.billing,
        plan_id=plan_id,
        version_id=version_id,
        below=amount_of(wanted.below) if wanted.below else None,
        currency=currency if wanted.order in BY_BALANCE else "",
        order=wanted.order or "newest",
    )


def currency_choices(wanted: ClientFilter, currencies: Sequence[str], own: str) -> list[Choice]:
    """Return the currencies of balances to sort by, one of them chosen; none where nothing is sorted by balance.

    Args:
        wanted: as it was asked for.
        currencies: of which there are wallets.
        own: the provider's, which is meant where none is named.
    """
    if wanted.order not in BY_BALANCE:
        return []
    known = [*currencies] or [own]
    named = (code for code in (wanted.currency, own) if code in known)
    chosen = next(named, known[0])
    return [Choice(code, code, code == chosen) for code in known]


def plan_choices(wanted: ClientFilter, versions: Sequence[OfferedVersion]) -> list[Choice]:
    """Return the plans to choose from, each followed by its versions where it has several."""
    found: list[Choice] = []
    for version in versions:
        several = sum(other.plan_id == version.plan_id for other in versions) > 1
        if not any(choice.value == version.code for choice in found):
            found.append(Choice(version.code, version.name, version.code == wanted.plan))
        if several:
            value = f"{version.code}@{version.number}"
            label = _("%(name)s, version %(number)s") % {
                "name": version.name,
                "number": version.number,
            }
            found.append(Choice(value, label, value == wanted.plan))
    return found


def choices(words: Mapping[str, str], chosen: str) -> list[Choice]:
    """Return a closed list of words as choices."""
    return [Choice(value, gettext(label), value == chosen) for value, label in words.items()]


def chips(wanted: ClientFilter, path: str, versions: Sequence[OfferedVersion]) -> Iterator[Chip]:
    """Yield what narrows the list, apart from the status, which has tabs of its own."""
    plans = {choice.value: choice.label for choice in plan_choices(wanted, versions)}
    labels = {
        "search": f"“{wanted.search}”",
        "reason": _("Suspended: %s") % INLINE_REASONS.get(wanted.reason, ""),
        "billing": BILLING_PLANS.get(wanted.billing, ""),
        "plan": _("Plan: %s") % plans.get(wanted.plan, wanted.plan),
        "below": _("Balance below %s") % _amount(wanted.below),
    }
    for field, label in labels.items():
        if getattr(wanted, field):
            yield Chip(label, path + wanted.without(field).query())


def _amount(typed: str) -> str:
    amount = amount_of(typed)
    return "" if amount is None else format_quantity(amount, get_language() or "en")


def _plan(wanted: str, versions: Sequence[OfferedVersion]) -> tuple[int | None, int | None]:
    if not wanted:
        return None, None
    for version in versions:
        if wanted == version.code:
            return version.plan_id, None
        if wanted == f"{version.code}@{version.number}":
            return version.plan_id, version.version_id
    return 0, None
