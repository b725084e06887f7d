"""How a provider's mail looks: its sender, its name on top, its legal pages at the foot. Called by who writes mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from billing_platform.kernel.mail import Mail, Sender, send_mail
from tenants.selectors.providers import legal_links, provider_view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from billing_platform.kernel.outbox import Message
    from tenants.types import ProviderView

# The platform has no brand of its own.
_PLATFORM_COLOR: Final = "#1f5eff"


def sender_of(provider: ProviderView | None) -> Sender:
    """Return who a mail comes from: the provider under its own name, else the platform.

    Args:
        provider: whose mail; None for the platform's.
    """
    if provider is None:
        return Sender(name=settings.PLATFORM_NAME, address=settings.DEFAULT_FROM_EMAIL)
    return Sender(
        name=provider.sender_name or provider.name,
        address=provider.sender_email or settings.DEFAULT_FROM_EMAIL,
    )


def compose_mail(provider: ProviderView | None, *, to: str, subject: str, text: str) -> Mail:
    """Return a mail in both forms, in the language that is active.

    Args:
        provider: in whose brand; None for the platform's.
        to: its reader.
        subject: one line.
        text: its body, plain; addresses in it become links.
    """
    shown = {
        "name": provider.name if provider else settings.PLATFORM_NAME,
        "color": provider.brand_color if provider else _PLATFORM_COLOR,
        "subject": subject,
        "text": text,
        "links": legal_links(provider) if provider else [],
    }
    return Mail(
        sender=sender_of(provider),
        to=to,
        subject=subject,
        text=render_to_string("emails/plain.txt", shown).strip(),
        html=render_to_string("emails/plain.html", shown),
    )


def mail_readers(
    message: Message,
    *,
    readers: Mapping[str, tuple[str, str]],
    template: str,
    shown: Callable[[str], Mapping[str, Any]],
    key: str,
) -> None:
    """Mail what a message tells of to each reader, in the reader's language and the provider's name.

    Args:
        message: of the provider whose scope is open.
        readers: by a key of at most 64 characters, the address and the language, as `payers_readers` gives them.
        template: its first line is the subject; `provider` is the provider's name.
        shown: what else the template says, with figures as a language writes them.
        key: with a reader's key, names the mail for ever.

    Idempotency: by key and reader.
    """
    provider = provider_view(message.provider_id)
    for reader, (email, language) in readers.items():
        with override(language):
            facts = {"provider": provider.name, **shown(language)}
            subject, _, text = render_to_string(template, facts).strip().partition("\n")
            mail = compose_mail(provider, to=email, subject=subject.strip(), text=text.strip())
        send_mail(
            provider_id=message.provider_id,
            tenant_id=message.tenant_id,
            mail=mail,
            key=f"{key}/{reader}",
            now=message.created_at,
        )
