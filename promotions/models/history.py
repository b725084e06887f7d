"""Who made, changed and ended campaigns and codes; see `kernel.histories`. Codes for one use: when withdrawn."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from promotions.models.campaign import Campaign, Terms
from promotions.models.code import Code

_CAMPAIGNS = history_of(Campaign, without=["uses", "request_key"])
_TERMS = history_of(Terms)
_CODES = history_of(Code, without=["uses", "batch", "normal"], made="NEW.uses_limit IS NULL")


class CampaignEvent(_CAMPAIGNS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of a campaign."""

    class Meta:
        db_table = "promotions_campaign_event"
        indexes = [
            models.Index(
                fields=["provider_id", "id", "pgh_id"], name="promotions_campaign_event_own"
            )
        ]


class TermsEvent(_TERMS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of what a campaign gives in a currency."""

    class Meta:
        db_table = "promotions_terms_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="promotions_terms_event_own")
        ]


class CodeEvent(_CODES):  # type: ignore[misc, valid-type]  # made by pghistory
    """That a code for many was made, or any was withdrawn."""

    class Meta:
        db_table = "promotions_code_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="promotions_code_event_own")
        ]
