"""Which ways to pay take a currency and an amount; asked before a customer agrees to anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.errors import AmountRefused, CurrencyRefused
from payments.selectors.connections import offered_connections
from payments.services.gateways import load_gateway

if TYPE_CHECKING:
    from collections.abc import Iterable

    from payments.gateways.protocol import Gateway
    from payments.types import ConnectionView


def payable_ways(*, provider_id: int, currencies: Iterable[str]) -> list[ConnectionView]:
    """Return the ways to pay that take one of some currencies, in the provider's order.

    Args:
        provider_id: whose; no scope of another provider is open.
        currencies: ISO codes.
    """
    wanted = tuple(currencies)
    # A customer's scope sees no credentials, and so no gateway.
    with provider_scope(provider_id):
        ways = offered_connections(provider_id)
        return [way for way in ways if _takes_any(provider_id, way, wanted)]


def check_way(*, provider_id: int, way: str, amount: Money) -> None:
    """Refuse an amount that a way to pay does not take.

    Args:
        provider_id: whose; no scope of another provider is open.
        way: the connection's public id; one that is not offered is refused when a payment is opened.
        amount: of the payment.

    Raises:
        CurrencyRefused, AmountRefused: as `check_payable`.
    """
    with provider_scope(provider_id):
        for one in offered_connections(provider_id):
            gateway = _gateway(provider_id, one) if one.public_id == way else None
            if gateway is not None:
                check_payable(gateway, amount)


def check_payable(gateway: Gateway, amount: Money) -> None:
    """Refuse an amount that a gateway does not take.

    Args:
        gateway: of a connection.
        amount: of a payment.

    Raises:
        CurrencyRefused: it does not take the currency.
        AmountRefused: it is less than the least, or finer than the smallest step.
    """
    able, currency = gateway.capabilities, amount.currency
    if not able.takes(currency):
        raise CurrencyRefused
    least, step = Money(able.minimum(currency), currency), Money(able.step(currency), currency)
    if amount < least:
        words = _("The least that can be paid in this way is %(least)s.")
        raise AmountRefused(message=words % {"least": least})
    if amount.amount_minor % step.amount_minor:
        words = _(
            "This way to pay takes amounts in steps of %(step)s. The total would be %(total)s."
        )
        raise AmountRefused(message=words % {"step": step, "total": amount})


def _takes_any(provider_id: int, way: ConnectionView, currencies: Iterable[str]) -> bool:
    gateway = _gateway(provider_id, way)
    return gateway is None or any(gateway.capabilities.takes(code) for code in currencies)


def _gateway(provider_id: int, way: ConnectionView) -> Gateway | None:
    """Return a way's gateway, None where it cannot be called: what is wrong is said when a payment is opened."""
    try:
        return load_gateway(provider_id=provider_id, connection_id=way.id)
    except DomainError:
        return None
