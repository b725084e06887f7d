"""Write who sells, as documents name it. Called by the page of the provider's company and by the demo."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tax.selectors.rates import INDIA_STATES
from tax.services.tax_ids import checked_number
from tenants.errors import InvalidIdentityError
from tenants.services.identity import set_legal_identity

if TYPE_CHECKING:
    from tenants.types import LegalIdentity


def save_seller(*, provider_id: int, identity: LegalIdentity) -> LegalIdentity:
    """Change who a provider is on its documents from now on; issued documents stay as they are.

    Args:
        provider_id: whose; its scope is open.
        identity: all of it but the e-mail address, which the brand has.

    Returns:
        As it is stored: numbers in their compact form.

    Raises:
        InvalidNumber: the country gives no such tax number.
        InvalidNameError, InvalidIdentityError: as `set_legal_identity`, and with the code `invalid_region` where India
            has no such state.

    Idempotency: by state.
    Source: Directive 2006/112/EC Art. 226 (3) and (5); CGST Rules 2017, rule 46 (a).
    """
    if identity.country == "IN" and identity.region and identity.region not in INDIA_STATES:
        words = _("Write India's states as the two digits of a GSTIN, for instance 29.")
        raise InvalidIdentityError("invalid_region", words)
    number = identity.tax_id and checked_number(identity.country, identity.tax_id)
    return set_legal_identity(
        provider_id=provider_id, identity=replace(identity, tax_id=number or "")
    )
