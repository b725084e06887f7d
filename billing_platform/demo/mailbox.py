"""The mails that the demo wrote to files instead of sending them; read by the demo's mail page only."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # what Django's file backend writes after each mail
SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as the page shows it; `name` is its file's name and its place in the file."""

    name: str
    subject: str
    sender: str
    to: str
    sent_at: datetime | None
    text: str
    html: str


def list_mails(folder: Path) -> list[Mail]:
    """Return the newest mails, the newest first.

    Args:
        folder: where the file backend writes.
    """
    files = sorted(folder.glob("*.log"), key=lambda path: path.name, reverse=True)
    mails: list[Mail] = []
    for path in files:
        mails += reversed(_read(path))
        if len(mails) >= SHOWN_MAX:
            break
    return mails[:SHOWN_MAX]


def find_mail(folder: Path, name: str) -> Mail | None:
    """Return one mail by its name, or None when there is none; a name can lead nowhere but into the folder."""
    return next((mail for mail in list_mails(folder) if mail.name == name), None)


def _read(path: Path) -> list[Mail]:
    parts = path.read_bytes().split(SEPARATOR)
    return [
        _parse(f"{path.stem}-{number}", part) for number, part in enumerate(parts) if part.strip()
    ]


def _parse(name: str, raw: bytes) -> Mail:
    message = email.message_from_bytes(raw, _class=EmailMessage, policy=email.policy.default)
    date = message["Date"]
    return Mail(
        name=name,
        subject=str(message["Subject"] or _("(no subject)")),
        sender=str(message["From"] or ""),
        to=str(message["To"] or ""),
        sent_at=parsedate_to_datetime(str(date)) if date else None,
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
