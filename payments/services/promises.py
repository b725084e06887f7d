"""A top-up's promotion: held from the moment it is opened, given with its money, free again when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.selectors.promised import offer_for

if TYPE_CHECKING:
    from datetime import datetime

    from billing_platform.kernel.money import Money
    from payments.selectors.promised import Offer


def reserve(
    *, provider_id: int, tenant_id: int, amount: Money, code: str, source: str, now: datetime
) -> Offer:
    """Hold a use of a code.

    Raises:
        CodeRefused: it gives nothing.
    """
    return offer_for(
        provider_id=provider_id, tenant_id=tenant_id, amount=amount, code=code, now=now
    )


def confirm(*, provider_id: int, tenant_id: int, source: str, now: datetime) -> None:
    """Give what was held."""


def release(*, provider_id: int, source: str, now: datetime) -> None:
    """Let a use be free again."""
