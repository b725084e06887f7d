"""Make logins whose address is known to be right: by a command, the demo, or an invitation."""

from __future__ import annotations

from typing import Final

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.errors import InvalidProfileError
from tenants.models import User

THEMES: Final = ("light", "dark", "auto")


@transaction.atomic
def ensure_user(*, email: str, name: str, password: str | None, is_operator: bool = False) -> int:
    """Create a user whose address needs no verification mail.

    Args:
        email: the address, any case.
        name: what people call the person.
        password: None for a person who sets one by the reset mail.
        is_operator: whether the user works for the platform and may enter its own pages.

    Returns:
        The user's id.

    Idempotency: by address; a user who exists is left unchanged.
    """
    clean = email.strip().lower()
    user = User.objects.filter(email=clean).first()
    if user is None:
        user = User.objects.create_user(
            clean, password, name=name, is_staff=is_operator, is_superuser=is_operator
        )
    EmailAddress.objects.get_or_create(
        user=user, email=clean, defaults={"verified": True, "primary": True}
    )
    return user.pk


def choose_theme(*, user_id: int, theme: str) -> None:
    """Remember whether a person reads pages light, dark, or as the device says.

    Args:
        user_id: the person.
        theme: one of THEMES.

    Raises:
        InvalidProfileError: it is none of them.

    Idempotency: by nature; the same theme again changes nothing.
    """
    if theme not in THEMES:
        raise InvalidProfileError("unknown_theme", _("This theme is not offered."))
    User.objects.filter(pk=user_id).exclude(theme=theme).update(theme=theme)


def choose_language(*, user_id: int, language: str) -> None:
    """Remember in which language a person reads pages and mails.

    Args:
        user_id: the person.
        language: one of the installation's languages.

    Raises:
        InvalidProfileError: it is none of them.

    Idempotency: by nature; the same language again changes nothing.
    """
    if language not in dict(settings.LANGUAGES):
        raise InvalidProfileError("unknown_language", _("This language is not offered."))
    User.objects.filter(pk=user_id).exclude(language=language).update(language=language)
