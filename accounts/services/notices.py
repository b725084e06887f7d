"""Tell a tenant's admins and billing addresses of low credit, suspension and return. The relay calls."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.template.loader import render_to_string
from django.utils.translation import override

from billing_platform.kernel.formats import format_amount, format_moment
from billing_platform.kernel.mail import send_mail
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.selectors.providers import provider_view
from tenants.selectors.readers import payers_readers
from tenants.selectors.tenants import tenant_by_id
from tenants.services.mails import compose_mail

if TYPE_CHECKING:
    from billing_platform.kernel.mail import Mail
    from billing_platform.kernel.outbox import Message
    from tenants.types import ProviderView, TenantView

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


def _tell(message: Message, *, template: str, key: str) -> None:
    facts = message.payload
    with provider_scope(message.provider_id):
        provider = provider_view(message.provider_id)
        tenant = tenant_by_id(message.provider_id, message.tenant_id)
        for reader, to in payers_readers(message.provider_id, tenant).items():
            send_mail(
                provider_id=message.provider_id,
                tenant_id=message.tenant_id,
                mail=_mail(provider, tenant, facts, template, to),
                key=f"{key}/{reader}",
                now=message.created_at,
            )


def _mail(
    provider: ProviderView, tenant: TenantView, facts: Any, template: str, to: tuple[str, str]
) -> Mail:
    email, language = to
    shown = _shown(provider, tenant, facts, language)
    with override(language):
        words = render_to_string(template, shown).strip()
        subject, _, text = words.partition("\n")
        return compose_mail(provider, to=email, subject=subject.strip(), text=text.strip())


def _shown(provider: ProviderView, tenant: TenantView, facts: Any, language: str) -> dict[str, Any]:
    """Return what the templates say, with figures as the reader's language writes them."""
    available = Money(facts["available_minor"], facts["currency"])
    moment = format_moment(datetime.fromisoformat(facts["at"]), tenant.time_zone, language)
    return {
        "provider": provider.name,
        "tenant": " ".join(tenant.name.split()),
        "available": f"{format_amount(available, language)} {available.currency}",
        "hours": facts["level"] if facts.get("basis") == "hours" else None,
        "at": f"{moment} ({tenant.time_zone})",
    }
