"""PayPal's signatures: a root of our own, a leaf for deliveries, and the text that is signed."""

from __future__ import annotations

import base64
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NAME: Final = "messageverificationcerts.sandbox.paypal.com"
CERT_ID: Final = "CERT-360caa42-sim"


class Signer(NamedTuple):
    """What deliveries are signed with.

    Attributes:
        key: the leaf's.
        leaf: PEM, served at the certificate's address.
        root: PEM, which a connection to the simulator trusts.
    """

    key: rsa.RSAPrivateKey
    leaf: str
    root: str

    def dump(self) -> dict[str, str]:
        """Return what survives a restart: whoever was shown the root before goes on trusting it."""
        key = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return {"key": key.decode(), "leaf": self.leaf, "root": self.root}


def kept_signer(state: dict[str, str]) -> Signer:
    """Take up what `Signer.dump` returned.

    Args:
        state: key, leaf and root as PEM.

    Raises:
        ValueError: they cannot be read.
        TypeError: the key is of another kind.
    """
    key = serialization.load_pem_private_key(state["key"].encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("The kept key is none of PayPal's.")
    return Signer(key, state["leaf"], state["root"])


@cache
def signer() -> Signer:
    """Make the certificates of this process."""
    root_key, leaf_key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    root = _certificate("PayPal simulator root", root_key, root_key, "PayPal simulator root")
    leaf = _certificate(NAME, leaf_key, root_key, "PayPal simulator root")
    return Signer(leaf_key, _pem(leaf), _pem(root))


def sign(
    body: str, secret: str, at: int, event_id: str, *, url: str, by: Signer | None = None
) -> dict[str, str]:
    """Sign a delivery.

    Args:
        body: what is signed.
        secret: the webhook's id, which is part of the text.
        at: the transmission's time.
        event_id: of the event; the transmission has an id of its own.
        url: the simulator's address.
        by: whose key signs; this process's when None.
    """
    sent = datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = f"tx-{event_id}-{at}"
    text = f"{name}|{sent}|{secret}|{zlib.crc32(body.encode())}"
    signed = (by or signer()).key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return {
        "PAYPAL-TRANSMISSION-ID": name,
        "PAYPAL-TRANSMISSION-TIME": sent,
        "PAYPAL-TRANSMISSION-SIG": base64.b64encode(signed).decode(),
        "PAYPAL-CERT-URL": f"{url}/paypal/v1/notifications/certs/{CERT_ID}",
        "PAYPAL-AUTH-ALGO": "SHA256withRSA",
    }


def _certificate(
    subject: str, key: rsa.RSAPrivateKey, issuer_key: rsa.RSAPrivateKey, issuer: str
) -> x509.Certificate:
    now = datetime.now(UTC)
    is_root = key is issuer_key
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=400))
        .not_valid_after(now + timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(_usage(is_root=is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_root:
        names = x509.SubjectAlternativeName([x509.DNSName(subject)])
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        made = made.add_extension(names, critical=False).add_extension(purpose, critical=False)
    return made.sign(issuer_key, hashes.SHA256())


def _usage(*, is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
