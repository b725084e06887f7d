"""The customer's page *Prepaid balance*: what is there, and orders to top up by bank transfer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse

from accounts.selectors.balances import wallets_of
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from billing_platform.portal.pages.address import address_query
from invoicing.enums import DocumentState
from invoicing.selectors.bank_orders import own_orders
from payments.selectors.bank_accounts import transfer_currencies
from payments.selectors.topup_limits import topup_currencies
from tenants.selectors.providers import provider_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from invoicing.selectors.bank_orders import OrderView
    from tenants.types import TenantView

PAGE_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order of the list.

    Attributes:
        cancel_url: where it is cancelled; empty once something came in.
    """

    row: OrderView
    pill: str
    url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """The page; `balances` is what the customer has, per currency."""

    balances: Sequence[Money]
    rows: Sequence[OrderRow]
    newest_url: str
    older_url: str


def order_currencies(tenant: TenantView) -> list[str]:
    """Return in which currencies a customer may top up by transfer; none where no account takes them.

    Args:
        tenant: whose; its scope is open.
    """
    wanted = topup_currencies(tenant)
    # The provider's accounts are its own people's to see; a customer learns of one by its proforma.
    with provider_scope(tenant.provider_id):
        return transfer_currencies(tenant.provider_id, wanted)


def orders_page(tenant: TenantView, *, before: int, now: datetime) -> OrdersPage:
    """Return a customer's balance and orders, newest first, by a fixed number of queries.

    Args:
        tenant: whose; its scope is open.
        before: the row before which the page begins; 0 for the newest.
        now: the present moment.
    """
    provider = provider_view(tenant.provider_id)
    today = now.astimezone(ZoneInfo(provider.time_zone)).date()
    rows = own_orders(
        tenant.provider_id, tenant.id, today=today, before=before or None, limit=PAGE_ROWS
    )
    path = reverse("billing-bank")
    older = address_query({"before": rows[-1].document.id}) if len(rows) == PAGE_ROWS else ""
    return OrdersPage(
        balances=[
            Money(row.settled, row.currency) for row in wallets_of(tenant.provider_id, [tenant.id])
        ],
        rows=[_row(row) for row in rows],
        newest_url=path if before else "",
        older_url=path + older if older else "",
    )


def _row(row: OrderView) -> OrderRow:
    document = row.document
    closed = (DocumentState.PAID, DocumentState.CANCELLED)
    is_open = document.status not in closed and not document.paid
    return OrderRow(
        row=row,
        pill=f"document_{document.status}",
        url=reverse("billing-document", args=[document.public_id]),
        cancel_url=reverse("billing-bank-cancel", args=[document.public_id]) if is_open else "",
    )
