"""Which changes of campaigns and codes are kept, for the audit log."""

from __future__ import annotations

from typing import Final

from tenants.selectors.changes import History

PROMOTION_HISTORIES: Final = (
    History("campaign", "promotions_campaign_event"),
    History("campaign_terms", "promotions_terms_event"),
    History("promo_code", "promotions_code_event"),
)
