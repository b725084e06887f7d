"""Second factors: named after the provider in people's apps and keys, and their secrets unreadable in the database."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import sha256

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from tenants.middleware import brand_of, host_name
from tenants.selectors.hosts import provider_id_by_host


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """The places where allauth's second factors ask what this platform wants."""

    def get_totp_issuer(self) -> str:
        """Return the name that an authenticator app shows."""
        return self._get_site_name()

    def encrypt(self, text: str) -> str:
        """Return a secret as it is stored."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return a stored secret."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def _get_site_name(self) -> str:
        provider = brand_of(provider_id_by_host(host_name(context.request)))
        return provider.name if provider else settings.PLATFORM_NAME


def _box() -> MultiFernet:
    # The first key writes; the fallbacks still read while the secret key is being changed.
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        [Fernet(urlsafe_b64encode(sha256(f"factors/{key}".encode()).digest())) for key in keys]
    )
