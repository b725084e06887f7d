"""How a provider's mail looks: its sender, its name on top, its legal pages at the foot. Called by who writes mails."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import override

from billing_platform.kernel.mail import Mail, Sender, send_mail
from tenants.selectors.providers import legal_links, provider_view
from tenants.services.notices import Told, keep_notice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from billing_platform.kernel.outbox import Message
    from tenants.selectors.readers import Reader
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
    readers: Mapping[str, Reader],
    template: str,
    shown: Callable[[str], Mapping[str, Any]],
    key: str,
) -> None:
    """Mail what a message tells of to each reader, in the reader's language and the provider's name.

    Who has a login finds it among the notifications, too.

    Args:
        message: of the provider whose scope is open.
        readers: by a key of at most 64 characters, as `payers_readers` gives them.
        template: its first line is the subject; `provider` is the provider's name.
        shown: what else the template says, with figures as a language writes them; `payment`, or else `thing`, is what
            it is about.
        key: with a reader's key, names the mail for ever.

    Idempotency: by key and reader.
    """
    provider = provider_view(message.provider_id)
    about = PurePosixPath(template).stem
    for name, reader in readers.items():
        with override(reader.language):
            facts = {"provider": provider.name, **shown(reader.language)}
            subject, _, text = render_to_string(template, facts).strip().partition("\n")
            mail = compose_mail(
                provider, to=reader.email, subject=subject.strip(), text=text.strip()
            )
        own_key = f"{key}/{name}"
        send_mail(
            provider_id=message.provider_id,
            tenant_id=message.tenant_id,
            mail=mail,
            key=own_key,
            now=message.created_at,
        )
        if reader.user_id is not None:
            told = Told(
                provider_id=message.provider_id,
                tenant_id=reader.tenant_id,
                user_id=reader.user_id,
                about=about,
                thing=str(facts.get("payment", facts.get("thing", ""))),
                subject=_without_name(mail.subject, provider.name),
            )
            keep_notice(told, key=own_key, now=message.created_at)


def _without_name(subject: str, name: str) -> str:
    """Return a subject without the provider's name, which stands on top of the page."""
    rest = subject.removeprefix(f"{name}: ")
    return rest[:1].upper() + rest[1:]
