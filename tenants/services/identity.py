"""Write who a provider is before the law, and where its customers pay. Called by invoicing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from tenants.errors import InvalidIdentityError
from tenants.models import Provider
from tenants.services.providers import check_name

if TYPE_CHECKING:
    from tenants.types import LegalIdentity

_COUNTRY_LETTERS: Final = 2
# What the columns hold, and 500 signs of an address.
_LENGTHS: Final = {
    "address": 500,
    "postcode": 16,
    "city": 100,
    "region": 40,
    "tax_id": 64,
    "registration_no": 64,
    "bank_holder": 70,
    "payment_terms": 500,
    "legal_text": 2000,
}


def set_legal_identity(*, provider_id: int, identity: LegalIdentity) -> LegalIdentity:
    """Change who a provider is before the law; documents that are issued stay as they are.

    Args:
        provider_id: whose; its scope is open.
        identity: all of it; `email` is part of the brand and left alone. IBAN and BIC with or without spaces.

    Returns:
        As it is stored: IBAN and BIC compact; without a holder the account is the company's.

    Raises:
        InvalidNameError: no name, or a longer one than 200 characters.
        InvalidIdentityError: its code says what: `identity_text`, `invalid_country`, `invalid_iban`, `invalid_bic`.

    Idempotency: by state.
    Source: ISO 13616 (IBAN), ISO 9362 (BIC), by python-stdnum.
    """
    clean = _with_bank(replace(identity, name=check_name(identity.name)))
    _check_texts(clean)
    Provider.objects.filter(pk=provider_id).update(
        legal_name=clean.name,
        address=clean.address,
        postcode=clean.postcode,
        city=clean.city,
        region=clean.region,
        country=clean.country,
        tax_id=clean.tax_id,
        registration_no=clean.registration_no,
        bank_holder=clean.bank_holder,
        bank_iban=clean.bank_iban,
        bank_bic=clean.bank_bic,
        payment_terms=clean.payment_terms,
        legal_text=clean.legal_text,
    )
    return clean


def _check_texts(identity: LegalIdentity) -> None:
    for name, most in _LENGTHS.items():
        text = str(getattr(identity, name))
        if "\x00" in text or len(text) > most:
            raise InvalidIdentityError(
                "identity_text", _("A text is too long or holds a sign that cannot be stored.")
            )
    country = identity.country
    letters = country.isascii() and country.isalpha() and country.isupper()
    if country and not (letters and len(country) == _COUNTRY_LETTERS):
        raise InvalidIdentityError(
            "invalid_country", _("A country is two letters, for instance DE.")
        )


def _with_bank(identity: LegalIdentity) -> LegalIdentity:
    if not identity.bank_iban:
        if identity.bank_bic:
            raise InvalidIdentityError("invalid_iban", _("A BIC needs the IBAN of the account."))
        return identity
    try:
        number = str(iban.validate(identity.bank_iban))
    except ValidationError as error:
        raise InvalidIdentityError("invalid_iban", _("This is not an IBAN.")) from error
    try:
        bank = str(bic.validate(identity.bank_bic)) if identity.bank_bic else ""
    except ValidationError as error:
        raise InvalidIdentityError("invalid_bic", _("This is not a BIC.")) from error
    # A transfer's form holds 70 characters of a name.
    holder = identity.bank_holder or identity.name[: _LENGTHS["bank_holder"]]
    return replace(identity, bank_iban=number, bank_bic=bank, bank_holder=holder)
