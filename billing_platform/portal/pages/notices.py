"""The page of notifications: what a person was told by mail, when, whether it is new, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import resolve, reverse

from billing_platform.portal.pages.address import address_query
from tenants.selectors.notices import notice_of, notices_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenants.access import MemberRequest
    from tenants.selectors.notices import NoticeView
    from tenants.types import Membership

PAGE_NOTICES: Final = 25
# The page of each kind of mail, in either portal; of a payment its own page, where the notice names one.
_OWN_PAYMENT: Final = ("billing-payment", "billing-payments")
_PAYMENT: Final = ("provider-payment", "provider-payments")
_QUEUE: Final = "provider-refund-requests"
OWN_PAGES: Final[Mapping[str, str | tuple[str, str]]] = {
    "balance_low": "billing",
    "bonus_expires": "billing-transactions",
    "list_export": "exports",
    "payment_bounced": _OWN_PAYMENT,
    "payment_returned": _OWN_PAYMENT,
    "recharge_declined": "billing-recharges",
    "recharge_state": "company-tax",
    "refund_approved": _OWN_PAYMENT,
    "refund_asked": _OWN_PAYMENT,
    "refund_rejected": _OWN_PAYMENT,
    "refund_returned": _OWN_PAYMENT,
    "resumed": "billing",
    "second_payment_payers": "billing-transactions",
    "suspended": "billing",
}
STAFF_PAGES: Final[Mapping[str, str | tuple[str, str]]] = {
    "dispute_opened": "provider-disputes",
    "gateway_other_mode": "provider-gateways",
    "gateway_refused": "provider-gateways",
    "gateway_silent": "provider-gateways",
    "list_export": "provider-exports",
    "payment_warned": _PAYMENT,
    "plan_move": ("provider-plan-move", "provider-plans"),
    "price_change": ("provider-price-line", "provider-plans"),
    "refund_failed": _PAYMENT,
    "refund_to_decide": _QUEUE,
    "refund_to_second": _QUEUE,
    "refund_withdrawn": _QUEUE,
    "second_payment_staff": "provider-bank",
}


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice in the list; `url` is where it leads, empty where the person may not go."""

    view: NoticeView
    url: str


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """The list; `may_read` says whether what is new may be marked, which nobody does through another's eyes."""

    lines: Sequence[NoticeLine]
    has_new: bool
    may_read: bool
    newest_url: str
    older_url: str
    zone: str


def notices_page(request: MemberRequest, *, before: int) -> NoticesPage:
    """Return a page of what the person who looks was told, by one query.

    Args:
        request: of the page; its scope is open.
        before: only older notices than this number; 0 for the newest.
    """
    member, tenant = request.membership, getattr(request, "tenant", None)
    found = notices_of(
        member.provider_id,
        member.tenant_id or 0,
        request.user.pk,
        before=before,
        limit=PAGE_NOTICES + 1,
    )
    shown = found[:PAGE_NOTICES]
    path = reverse("notifications")
    return NoticesPage(
        lines=[NoticeLine(view, notice_url(view, member)) for view in shown],
        has_new=any(view.read_at is None for view in shown),
        may_read=not getattr(request.user, "is_hijacked", False),
        newest_url=path if before else "",
        older_url=path + address_query({"before": shown[-1].id}) if len(found) > len(shown) else "",
        zone=tenant.time_zone if tenant else request.provider.time_zone,
    )


def notice_target(request: MemberRequest, notice_id: int) -> str:
    """Return where one notice of the person who looks leads; the list itself where that page is closed to the person.

    Args:
        request: of the page; its scope is open.
        notice_id: its number.

    Raises:
        NoticeNotFoundError: the person has no such notice here.
    """
    member = request.membership
    view = notice_of(member.provider_id, member.tenant_id or 0, request.user.pk, notice_id)
    return notice_url(view, member) or reverse("notifications")


def notice_url(view: NoticeView, member: Membership) -> str:
    """Return where a notice leads; empty where it leads nowhere, or where the role may not go.

    Args:
        view: the notice.
        member: as whom it is read.
    """
    pages = OWN_PAGES if member.tenant_id else STAFF_PAGES
    found = pages.get(view.about, "")
    if isinstance(found, tuple):
        one, every = found
        url = reverse(one, args=[view.thing]) if view.thing else reverse(every)
    else:
        url = reverse(found) if found else ""
    return url if url and member.role in resolve(url).func.access.roles else ""  # type: ignore[attr-defined]  # set by the decorators
