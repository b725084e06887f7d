"""How codes are read and made: what people type is one code whatever its case, spaces and dashes. Pure."""

from __future__ import annotations

import re
import secrets
import unicodedata
from typing import Final

from promotions.errors import WordRefused

# No 0 and O, 1 and I and L: 31 signs, so 13 of them hold 64 bits of chance.
_ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_GROUPS: Final = (4, 4, 5)
_SEPARATORS: Final = frozenset({"Zs", "Pd", "Cc", "Cf"})
_CODE: Final = re.compile(r"[A-Z0-9]{3,40}")
_PREFIX: Final = re.compile(r"[A-Z0-9]{2,12}")

SHOWN_LENGTH_MAX: Final = 60


def normal_form(text: str) -> str:
    """Return a code as it is looked up, "" when no code reads so.

    Args:
        text: what somebody typed.
    """
    wide = unicodedata.normalize("NFKC", text[:200]).upper()
    kept = "".join(sign for sign in wide if unicodedata.category(sign) not in _SEPARATORS)
    return kept if _CODE.fullmatch(kept) else ""


def shown_form(text: str) -> str:
    """Return a code that a person made up as pages and mails write it.

    Args:
        text: what was typed.

    Raises:
        WordRefused: other signs, or fewer than 3 or more than 40 letters and digits.
    """
    if not normal_form(text):
        raise WordRefused
    shown = re.sub(r"[^A-Z0-9]+", "-", unicodedata.normalize("NFKC", text).upper()).strip("-")
    if len(shown) > SHOWN_LENGTH_MAX:
        raise WordRefused
    return shown


def new_code(prefix: str) -> str:
    """Return a code that nobody can guess, as it is shown: `PREFIX-XXXX-XXXX-XXXXX`.

    Args:
        prefix: 2 to 12 letters and digits, whatever their case.

    Raises:
        WordRefused: another prefix.
    """
    head = prefix.strip().upper()
    if not _PREFIX.fullmatch(head):
        raise WordRefused
    groups = ("".join(secrets.choice(_ALPHABET) for _ in range(size)) for size in _GROUPS)
    return "-".join((head, *groups))
