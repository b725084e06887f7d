"""How django-allauth behaves here: no open sign-up, mails in the provider's brand and through the outbox."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override

from billing_platform.kernel.clock import now
from billing_platform.kernel.kernel_rows import PLATFORM
from billing_platform.kernel.mail import send_mail
from tenants.middleware import brand_of, host_name
from tenants.places import site_url
from tenants.selectors.hosts import provider_id_by_host
from tenants.services.mails import compose_mail

if TYPE_CHECKING:
    from django.http import HttpRequest

    from tenants.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """The places where allauth asks what this platform wants."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: people come by invitation."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where a person lands after the login."""
        return reverse("after-login")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the address in a reset mail."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return site_url(self.request, path.replace("UID-KEY", key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the address in a verification mail."""
        return site_url(request, reverse("account_confirm_email", args=[emailconfirmation.key]))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a mail into the outbox, in the brand of the host.

        Args:
            template_prefix: allauth's name of the mail.
            email: its reader.
            context: what its template shows.
        """
        request: HttpRequest = allauth_context.request
        provider = brand_of(provider_id_by_host(host_name(request)))
        name = provider.name if provider else settings.PLATFORM_NAME
        shown = {**context, "request": request, "email": email, "site_name": name}
        shown["current_site"] = {"name": name, "domain": urlsplit(site_url(request, "/")).netloc}
        reader: User | None = context.get("user")
        with override((reader and reader.language) or get_language()):
            subject = " ".join(render_to_string(f"{template_prefix}_subject.txt", shown).split())
            text = render_to_string(f"{template_prefix}_message.txt", shown).strip()
            mail = compose_mail(provider, to=email, subject=subject, text=text)
        with transaction.atomic():
            send_mail(
                provider_id=provider.id if provider else PLATFORM,
                mail=mail,
                key=f"login/{secrets.token_hex(16)}",
                now=now(),
            )
