"""Write who a provider is, with the tax representative that owes its tax. Called by the page of the company."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from invoicing.services.sellers import save_seller
from tax.errors import InvalidNumber
from tax.services.tax_ids import checked_number
from tenants.errors import InvalidIdentityError
from tenants.registry_documents import REPRESENTATIVE
from tenants.services.settings import set_setting

if TYPE_CHECKING:
    from datetime import datetime

    from invoicing.selectors.representatives import TaxRepresentative
    from tenants.types import LegalIdentity


@transaction.atomic
def save_company(
    *,
    provider_id: int,
    identity: LegalIdentity,
    representative: TaxRepresentative,
    user_id: int | None,
    now: datetime,
) -> None:
    """Change who a provider, and who its tax representative is, on its documents from now on.

    Args:
        provider_id: whose; its scope is open.
        identity: as of `save_seller`.
        representative: all of it, or nothing where there is none.
        user_id: who changes it, None for the platform.
        now: the moment of the change.

    Raises:
        InvalidNumber, InvalidNameError: as `save_seller`.
        InvalidIdentityError: likewise; and with the code `representative_part` where a part of the representative is
            missing, `representative_number` where its country gives no such number.

    Idempotency: by state.
    Source: Directive 2006/112/EC Art. 204 and 226 (15).
    """
    save_seller(provider_id=provider_id, identity=identity)
    told = _checked(representative)
    for setting, value in zip(REPRESENTATIVE, astuple(told), strict=True):
        set_setting(
            provider_id=provider_id, name=setting.name, value=value, now=now, user_id=user_id
        )


def _checked(told: TaxRepresentative) -> TaxRepresentative:
    if not told.is_named:
        return told
    if not told.is_complete:
        words = _("A tax representative is named with name, address, country and VAT number.")
        raise InvalidIdentityError("representative_part", words)
    try:
        return replace(told, number=checked_number(told.country, told.number))
    except InvalidNumber as error:
        raise InvalidIdentityError("representative_number", error.message) from error
