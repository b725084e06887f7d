"""The form of tax numbers, checked at once and without asking anybody. Called by the services that store numbers."""

from __future__ import annotations

import re
from typing import Final

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from tax.errors import InvalidNumber
from tax.rules.places import EU_MEMBERS

_PLAIN: Final = re.compile(r"[A-Z0-9]{2,40}")
_LONGEST: Final = 60
# VIES and the numbers themselves write Greece as EL.
_PREFIXES: Final = {"GR": "EL"}


def checked_number(country: str, number: str) -> str:
    """Return a tax number in its compact form; of member states of the EU with their prefix.

    Args:
        country: ISO 3166, two letters.
        number: as it was entered, with or without spaces, dots and prefix.

    Raises:
        InvalidNumber: the country gives no such number; where its form is not known, anything but 2 to 40 letters
            and digits.

    Source: python-stdnum 2.2; Directive 2006/112/EC, Art. 215 (prefixes).
    """
    if len(number) > _LONGEST or not number.isascii() or "\x00" in number:
        raise InvalidNumber
    try:
        if country in EU_MEMBERS:
            return _of_member(country, number)
        known = get_cc_module(country.lower(), "vat") if country.isalpha() else None
        compact = str(known.validate(number)) if known else "".join(number.split())
    except ValidationError as error:
        raise InvalidNumber from error
    compact = re.sub(r"[^A-Z0-9]", "", compact.upper())
    if not _PLAIN.fullmatch(compact):
        raise InvalidNumber
    return compact


def vies_parts(country: str, number: str) -> tuple[str, str]:
    """Return a member state's number as VIES takes it: its code of the state, and what follows.

    Args:
        country: ISO 3166, two letters.
        number: compact, with prefix.
    """
    prefix = _PREFIXES.get(country, country)
    return prefix, number.removeprefix(prefix)


def _of_member(country: str, number: str) -> str:
    prefix = _PREFIXES.get(country, country)
    plain = re.sub(r"[^A-Z0-9+*]", "", number.upper())
    bare = plain.removeprefix(prefix)
    return str(eu_vat.validate(f"{prefix}{bare}"))
