"""Tell a tenant's admins and billing addresses of low or expiring credit, suspension and return. The relay calls."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse

from billing_platform.kernel.formats import format_moment, format_money
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.hosts import provider_url
from tenants.selectors.readers import payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import mail_readers

if TYPE_CHECKING:
    from billing_platform.kernel.outbox import Message
    from tenants.types import TenantView

STATE_TOPIC: Final = "wallet.state"
WARNING_TOPIC: Final = "wallet.warning"


def tell_state(message: Message) -> None:
    """Mail a suspension or a return; the handler of `STATE_TOPIC`.

    Args:
        message: written by the statement that flipped the wallet.

    Idempotency: by wallet and version; the mail's key says so.
    """
    facts = message.payload
    words = "suspended" if facts["suspended"] else "resumed"
    key = f"wallet-state/{facts['wallet_id']}/{facts['version']}"
    _tell(message, template=f"emails/{words}.txt", key=key)


def tell_warning(message: Message) -> None:
    """Mail a low-balance warning; the handler of `WARNING_TOPIC`.

    Args:
        message: written by the statement that found the fall.

    Idempotency: by message; it is written once per level and fall.
    """
    _tell(message, template="emails/balance_low.txt", key=f"wallet-warning/{message.id}")


def tell_expiry(message: Message) -> None:
    """Mail that bonus credit expires soon; the handler of `EXPIRY_TOPIC`.

    Args:
        message: written by the daily job.

    Idempotency: by message; it is written once per wallet and day of expiry.
    """
    _tell(message, template="emails/bonus_expires.txt", key=f"grant-expiry/{message.id}")


def _tell(message: Message, *, template: str, key: str) -> None:
    with provider_scope(message.provider_id):
        tenant = tenant_by_id(message.provider_id, message.tenant_id)
        # That page knows in which ways its tenant can pay, and whether it can at all.
        link = provider_url(message.provider_id, reverse("billing"))
        mail_readers(
            message,
            readers=payers_readers(message.provider_id, tenant),
            template=template,
            shown=partial(_shown, tenant, message.payload, link),
            key=key,
        )


def _shown(tenant: TenantView, facts: Any, link: str, language: str) -> dict[str, Any]:
    """Return what the templates say, with figures as the reader's language writes them."""
    minor = facts["amount_minor"] if "amount_minor" in facts else facts["available_minor"]
    amount = format_money(Money(minor, facts["currency"]), language)
    moment = format_moment(datetime.fromisoformat(facts["at"]), tenant.time_zone, language)
    return {
        "tenant": " ".join(tenant.name.split()),
        "available": amount,
        "amount": amount,
        "link": link,
        "hours": facts["level"] if facts.get("basis") == "hours" else None,
        "at": f"{moment} ({tenant.time_zone})",
    }
