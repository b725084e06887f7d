"""Seal secrets with the keys of the environment, the newest first; called by the services that keep credentials."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from payments.errors import NoSealingKey


@dataclass(frozen=True, slots=True)
class Sealed:
    """An encrypted text and the name of the key that sealed it."""

    text: str
    key_id: str


def seal(plain: str) -> Sealed:
    """Encrypt a secret with the newest key.

    Args:
        plain: what nobody reads again.

    Returns:
        What is stored.

    Raises:
        NoSealingKey: the environment names no key.

    Source: https://cryptography.io/en/latest/fernet (AES-128-CBC with HMAC-SHA256).
    """
    key_id, box = _boxes()[0]
    return Sealed(box.encrypt(plain.encode()).decode(), key_id)


def reseal(text: str) -> Sealed:
    """Encrypt what any key of the list sealed with the newest one.

    Args:
        text: what was stored.

    Returns:
        What is stored from now on.

    Raises:
        NoSealingKey: no key of the environment opens it.
    """
    return seal(unseal(text))


def is_newest(text: str) -> bool:
    """Return whether the newest key sealed a text.

    Args:
        text: what was stored.

    Raises:
        NoSealingKey: the environment names no key.
    """
    _, box = _boxes()[0]
    try:
        box.decrypt(text.encode())
    except InvalidToken:
        return False
    return True


def unseal(text: str) -> str:
    """Decrypt a secret that any key of the list sealed.

    Args:
        text: what was stored.

    Returns:
        The secret.

    Raises:
        NoSealingKey: no key of the environment opens it.
    """
    boxes = MultiFernet([box for _, box in _boxes()])
    try:
        return boxes.decrypt(text.encode()).decode()
    except InvalidToken as error:
        raise NoSealingKey from error


def _boxes() -> list[tuple[str, Fernet]]:
    pairs = [pair.strip().partition(":") for pair in settings.GATEWAY_KEYS.split(",")]
    try:
        boxes = [(name, Fernet(key)) for name, _, key in pairs if name and key]
    except ValueError as error:  # no 32 bytes in base 64
        raise NoSealingKey from error
    if not boxes:
        raise NoSealingKey
    return boxes
