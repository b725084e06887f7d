"""The certificates that PayPal's deliveries name: fetched from PayPal alone, checked up to a root, kept for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import certifi
import requests
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from payments.gateways.errors import WebhookRefused

if TYPE_CHECKING:
    from payments.gateways.kinds import Endpoint

HOSTS: Final = frozenset(
    {
        "api.paypal.com",
        "api-m.paypal.com",
        "api.sandbox.paypal.com",
        "api-m.sandbox.paypal.com",
    }
)
PATH: Final = "/v1/notifications/certs/"
NAMES: Final = {
    True: "messageverificationcerts.paypal.com",
    False: "messageverificationcerts.sandbox.paypal.com",
}
SIMULATED_ROOT: Final = "ROOT"
BYTES_MAX: Final = 64 * 1024
TIMEOUT_S: Final = (2, 4)
KEPT: Final = timedelta(hours=12)
KEPT_MOST: Final = 16
# What could not be fetched, or does not verify, is not fetched again for so long; a delivery that is refused meanwhile
# comes again.
REFUSED_FOR: Final = timedelta(minutes=1)
# So many addresses are asked in a minute: a forger may name any number, PayPal names one for months.
ASKED_MOST: Final = 10


class Certificates:
    """Keys by the address of their certificate; of one connection."""

    def __init__(self, endpoint: Endpoint, *, is_live: bool) -> None:
        self._endpoint = endpoint
        self._name = NAMES[is_live]
        self._refused: dict[str, datetime] = {}
        self._known: dict[str, tuple[datetime, rsa.RSAPublicKey]] = {}

    def key_of(self, url: str, *, now: datetime) -> rsa.RSAPublicKey:
        """Return the key of the certificate at an address.

        Args:
            url: as the delivery names it; only PayPal's own addresses are asked.
            now: certificates are valid then.

        Raises:
            WebhookRefused: not PayPal's address, no certificate there, one that no root vouches for, or too many asked.
        """
        known = self._known.get(url)
        if known is not None and now - known[0] < KEPT:
            return known[1]
        if not self._is_allowed(url):
            raise WebhookRefused("certificate of a stranger")
        self._check_asked(url, now)
        # Until it is known to be good.
        self._refused[url] = now
        key = self._checked(_fetch(url), now)
        del self._refused[url]
        if len(self._known) >= KEPT_MOST:
            self._known.clear()
        self._known[url] = (now, key)
        return key

    def _check_asked(self, url: str, now: datetime) -> None:
        recent = {one: at for one, at in self._refused.items() if now - at < REFUSED_FOR}
        self._refused = recent
        if url in recent:
            raise WebhookRefused("certificate refused a moment ago")
        if len(recent) >= ASKED_MOST:
            raise WebhookRefused("too many certificates")

    def _is_allowed(self, url: str) -> bool:
        if self._endpoint.is_simulated:
            start = f"{self._endpoint.url}{PATH}"
            return url.startswith(start) and "/" not in url.removeprefix(start)
        parts = urlsplit(url)
        return (
            parts.scheme == "https"
            and parts.netloc in HOSTS
            and parts.path.startswith(PATH)
            and "/" not in parts.path.removeprefix(PATH)
            and not parts.query
        )

    def _roots(self) -> bytes:
        if self._endpoint.trust_root:
            return self._endpoint.trust_root.encode()
        if self._endpoint.is_simulated:
            # A simulator vouches for itself, on loopback and nowhere else.
            return _fetch(f"{self._endpoint.url}{PATH}{SIMULATED_ROOT}")
        return Path(certifi.where()).read_bytes()

    def _checked(self, pem: bytes, now: datetime) -> rsa.RSAPublicKey:
        try:
            leaf, *others = x509.load_pem_x509_certificates(pem)
            store = Store(x509.load_pem_x509_certificates(self._roots()))
            verifier = (
                PolicyBuilder()
                .store(store)
                .time(now)
                .build_server_verifier(x509.DNSName(self._name))
            )
            verifier.verify(leaf, others)
            key = leaf.public_key()
        except (ValueError, VerificationError, x509.UnsupportedGeneralNameType):
            raise WebhookRefused("certificate does not verify") from None
        if not isinstance(key, rsa.RSAPublicKey):
            raise WebhookRefused("certificate does not verify")
        return key


def _fetch(url: str) -> bytes:
    try:
        with requests.Session() as session:
            session.trust_env = False
            with session.get(url, timeout=TIMEOUT_S, allow_redirects=False, stream=True) as answer:
                found = answer.raw.read(BYTES_MAX + 1, decode_content=True)
                if answer.status_code != 200 or len(found) > BYTES_MAX:
                    raise WebhookRefused("no certificate")
                return bytes(found)
    except (requests.RequestException, OSError):
        raise WebhookRefused("no certificate") from None
