"""Saved payment methods as their owner and the provider's people see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from payments.enums import MethodState
from payments.gateways.values import MethodKind
from payments.selectors.methods import methods_of
from payments.services.gateways import saving_connections

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payments.types import ConnectionView, MethodView
    from tenants.types import TenantView

# Proper names; another brand is shown as the gateway writes it.
_BRANDS: Final = {
    "visa": "Visa",
    "mastercard": "Mastercard",
    "amex": "American Express",
    "discover": "Discover",
    "diners": "Diners Club",
    "jcb": "JCB",
    "unionpay": "UnionPay",
}


@dataclass(frozen=True, slots=True)
class MethodLine:
    """A method on the page.

    Attributes:
        title: brand or bank with the last four, or the way to pay.
        expires: month and year, or "".
        is_gone: the gateway does not keep it any more.
    """

    row: MethodView
    title: str
    expires: str
    is_expired: bool
    is_gone: bool


@dataclass(frozen=True, slots=True)
class SetupWay:
    """A way to save a method: its connection and what the button says."""

    public_id: str
    label: str


@dataclass(frozen=True, slots=True)
class MethodsPage:
    """A tenant's methods.

    Attributes:
        key: of the forms of this page: each opens one page of its gateway.
        lacks_default: there are methods to choose from, and none is chosen.
    """

    lines: Sequence[MethodLine]
    ways: Sequence[SetupWay]
    key: str
    lacks_default: bool


def methods_page(tenant: TenantView, *, key: str, now: datetime) -> MethodsPage:
    """Return the page.

    Args:
        tenant: whose; its scope is open.
        key: fresh, for the forms.
        now: the present moment.
    """
    lines = method_lines(tenant, now=now)
    ways = saving_connections(provider_id=tenant.provider_id, currency=tenant.currency)
    return MethodsPage(
        lines=lines,
        ways=[SetupWay(way.public_id, _setup_words(way, ways)) for way in ways],
        key=key,
        lacks_default=any(not line.is_gone and not line.row.is_frozen for line in lines)
        and not any(line.row.is_default for line in lines),
    )


def method_lines(tenant: TenantView, *, now: datetime) -> list[MethodLine]:
    """Return a tenant's methods, the default one first.

    Args:
        tenant: whose; its scope, or its provider's, is open.
        now: the present moment.
    """
    today = now.astimezone(ZoneInfo(tenant.time_zone))
    rows = methods_of(tenant.provider_id, tenant.id)
    return [method_line(row, (today.year, today.month)) for row in rows]


def method_line(row: MethodView, month: tuple[int, int]) -> MethodLine:
    """Return a method as a line.

    Args:
        row: the method.
        month: the present year and month.
    """
    return MethodLine(
        row=row,
        title=method_title(row),
        expires=f"{row.expires[1]:02d}/{row.expires[0]}" if row.expires else "",
        is_expired=row.expires is not None and row.expires < month,
        is_gone=row.state == MethodState.GONE,
    )


def method_title(row: MethodView) -> str:
    """Return what a method is called.

    Args:
        row: the method.
    """
    name = _BRANDS.get(row.brand, row.brand) if row.kind == MethodKind.CARD else row.bank_name
    name = name or row.connection
    return f"{name} •••• {row.last4}" if row.last4 else name


def _setup_words(way: ConnectionView, ways: Sequence[ConnectionView]) -> str:
    is_only = sum(other.gateway == way.gateway for other in ways) == 1
    if is_only and way.gateway == "stripe":
        return _("Setup Credit Card")
    if is_only and way.gateway == "paypal":
        return _("Setup PayPal")
    return _("Setup %s") % way.label
