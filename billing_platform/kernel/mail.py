"""Mail leaves through the outbox: written with the change it tells of, sent once. Called by services that notify."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from email.utils import formataddr
from smtplib import SMTPRecipientsRefused
from typing import TYPE_CHECKING, Final

from anymail.exceptions import AnymailRecipientsRefused
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email

from billing_platform.kernel.kernel_rows import NO_TENANT
from billing_platform.kernel.outbox import Message, UndeliverableError, enqueue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

MAIL_TOPIC: Final = "mail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a mail comes from, in the provider's brand.

    Attributes:
        name: shown to the reader.
        address: the sending address.
        reply_to: where answers go, or empty for the sending address.
    """

    name: str
    address: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A finished mail, in both forms.

    Attributes:
        to: one address; a mail to several people is several mails.
        subject: one line.
        text: the plain form.
        html: the rich form, with its styles inline.
        headers: further headers, for instance a list's unsubscribe address.
    """

    sender: Sender
    to: str
    subject: str
    text: str
    html: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a mail.

    Attributes:
        name: as people keep it.
        media_type: for instance `application/pdf`.
    """

    name: str
    content: bytes
    media_type: str


def send_mail(
    *, provider_id: int, mail: Mail, key: str, now: datetime, tenant_id: int = NO_TENANT
) -> bool:
    """Send a mail once, after the caller's transaction has committed.

    Args:
        provider_id: whose mail, 0 for the platform's.
        mail: sender, reader, subject and both forms.
        key: the natural key of this mail, for instance `suspended/17/3`; at most 200 characters.
        now: the present moment.
        tenant_id: the tenant that it is about, 0 for none.

    Returns:
        Whether it is new; False when this key was mailed before.

    Raises:
        ValueError: no key, or a line break in a header.
        ValidationError: an address that is none.
        TransactionRequiredError: no transaction is open.

    Idempotency:
        By `key` per provider, for ever.
    """
    if not key:
        raise ValueError("A mail needs a key, or a retry would send it twice.")
    check_mail(mail)
    return enqueue(
        provider_id=provider_id,
        tenant_id=tenant_id,
        topic=MAIL_TOPIC,
        payload=asdict(mail),
        dedupe_key=key,
        now=now,
    )


def deliver_mail(message: Message) -> None:
    """Hand a mail from the outbox to the mail server; the handler of `MAIL_TOPIC`.

    Args:
        message: its payload is a `Mail` as a mapping.

    Raises:
        UndeliverableError: the server refuses the reader.
        OSError: the server is away or not well; the relay tries again.

    Idempotency:
        A second delivery carries the same Message-ID, by which mail programs drop the double.
    """
    payload = message.payload
    hand_over(message, Mail(**{**payload, "sender": Sender(**payload["sender"])}))


def hand_over(
    message: Message,
    mail: Mail,
    attachments: Sequence[Attachment] = (),
    *,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Hand a mail to the mail server, with files that are too large for the outbox.

    Args:
        message: of the outbox, which the mail is sent for; its number makes the Message-ID.
        mail: checked as `send_mail` does.
        attachments: files that go with it.
        metadata: what a mail service tells back with a bounce; a plain server never sees it.

    Raises:
        ValueError, ValidationError: as `send_mail`.
        UndeliverableError, OSError: as `deliver_mail`.

    Idempotency: as `deliver_mail`.
    """
    check_mail(mail)
    domain = mail.sender.address.rpartition("@")[2]
    email = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=formataddr((mail.sender.name, mail.sender.address)),
        to=[mail.to],
        reply_to=[mail.sender.reply_to] if mail.sender.reply_to else None,
        headers={**mail.headers, "Message-ID": f"<outbox-{message.id}@{domain}>"},
    )
    email.attach_alternative(mail.html, "text/html")
    for each in attachments:
        email.attach(each.name, each.content, each.media_type)
    email.metadata = dict(metadata or {})  # type: ignore[attr-defined]  # read by Anymail
    try:
        email.send()
    except SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()), (0, b""))
        words = said.decode(errors="replace")
        raise UndeliverableError(
            f"The mail server refuses the reader's address: {code} {words}"
        ) from refusal
    except AnymailRecipientsRefused as refusal:
        raise UndeliverableError("The mail service refuses the reader's address.") from refusal


def check_mail(mail: Mail) -> None:
    """Refuse a mail that could carry more headers, or go to more readers, than it says.

    Args:
        mail: to be sent.

    Raises:
        ValueError: a line break in a header.
        ValidationError: an address that is none.
    """
    lines = (mail.subject, mail.to, mail.sender.name, mail.sender.address, mail.sender.reply_to)
    if any(
        "\n" in line or "\r" in line for line in (*lines, *mail.headers, *mail.headers.values())
    ):
        raise ValueError("A header of a mail is one line.")
    for address in (mail.to, mail.sender.address, mail.sender.reply_to or mail.sender.address):
        validate_email(address)
