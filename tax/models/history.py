"""Who changed rates, categories, registrations and exemptions; see `billing_platform.kernel.histories`."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from tax.models.exemption import Exemption
from tax.models.rate import Category, Rate
from tax.models.registration import Registration


class RateEvent(history_of(Rate)):  # type: ignore[misc]  # made by pghistory
    """A change of a rate."""

    class Meta:
        db_table = "tax_rate_event"
        indexes = [models.Index(fields=["provider_id", "id", "pgh_id"], name="tax_rate_event_own")]


class CategoryEvent(history_of(Category)):  # type: ignore[misc]  # made by pghistory
    """A change of a category."""

    class Meta:
        db_table = "tax_category_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="tax_category_event_own")
        ]


class RegistrationEvent(history_of(Registration)):  # type: ignore[misc]  # made by pghistory
    """A change of a registration."""

    class Meta:
        db_table = "tax_registration_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="tax_registration_event_own")
        ]


# Where the certificate is kept is nobody's business.
_EXEMPTIONS = history_of(Exemption, without=["stored_name", "digest"])


class ExemptionEvent(_EXEMPTIONS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of an exemption: asked for, decided, withdrawn."""

    class Meta:
        db_table = "tax_exemption_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"], name="tax_exemption_event_own"
            )
        ]
