"""Make logins whose address is known to be right: by a command, the demo, or an invitation."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.db import transaction

from tenants.models import User


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
