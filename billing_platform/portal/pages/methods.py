"""Saved payment methods as their owner and the provider's people see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from billing_platform.portal.method_words import method_title
from payments.enums import MethodState
from payments.gateways.methods import MethodKind
from payments.selectors.auto_pay import is_auto_pay_on
from payments.selectors.methods import methods_of
from payments.services.gateways import saving_ways

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payments.gateways.forms import FormScript
    from payments.types import ConnectionView, MethodView
    from tenants.types import TenantView


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
    """A way to save a method: its connection and what the button says.

    Attributes:
        service: what the way is called.
        script: for a form of ours, None where only the gateway's page saves a method.
        agreement: the payer's that is set up already, else None.
    """

    public_id: str
    label: str
    service: str
    script: FormScript | None
    agreement: MethodLine | None


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

    @property
    def scripts(self) -> list[FormScript]:
        """Return what the page may load besides its own."""
        return [way.script for way in self.ways if way.script]


@dataclass(frozen=True, slots=True)
class MethodDeletion:
    """What happens when a method is deleted, told before it does.

    Attributes:
        stops_auto_pay: auto-pay goes off with it.
        is_only: no other method could take its place.
    """

    row: MethodView
    title: str
    stops_auto_pay: bool
    is_only: bool


def deletion_of(row: MethodView, tenant: TenantView) -> MethodDeletion:
    """Return what is told before a method is deleted.

    Args:
        row: the method.
        tenant: whose; its scope, or its provider's, is open.
    """
    others = (
        one
        for one in methods_of(tenant.provider_id, tenant.id)
        if one.public_id != row.public_id and not one.is_frozen and one.state == MethodState.ACTIVE
    )
    return MethodDeletion(
        row=row,
        title=method_title(row),
        stops_auto_pay=row.is_default and is_auto_pay_on(tenant.provider_id, tenant.id),
        is_only=next(others, None) is None,
    )


def methods_page(tenant: TenantView, *, key: str, now: datetime) -> MethodsPage:
    """Return the page.

    Args:
        tenant: whose; its scope is open.
        key: fresh, for the forms.
        now: the present moment.
    """
    lines = method_lines(tenant, now=now)
    found = saving_ways(provider_id=tenant.provider_id, currency=tenant.currency)
    views = [way.connection for way in found]
    return MethodsPage(
        lines=lines,
        ways=[
            SetupWay(
                way.connection.public_id,
                _setup_words(way.connection, views),
                way.connection.label,
                way.script,
                _agreement(lines, way.connection.public_id),
            )
            for way in found
        ],
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


def _agreement(lines: Sequence[MethodLine], way: str) -> MethodLine | None:
    own = (line for line in lines if line.row.way == way and line.row.kind == MethodKind.AGREEMENT)
    return next((line for line in own if not line.is_gone), None)


def _setup_words(way: ConnectionView, ways: Sequence[ConnectionView]) -> str:
    is_only = sum(other.gateway == way.gateway for other in ways) == 1
    if is_only and way.gateway == "stripe":
        return _("Setup Credit Card")
    if is_only and way.gateway == "paypal":
        return _("Setup PayPal")
    return _("Setup %s") % way.label
