"""The tables of promotions."""

from promotions.models.campaign import Campaign, Terms
from promotions.models.code import Code
from promotions.models.history import CampaignEvent, CodeEvent, TermsEvent
from promotions.models.redemption import BonusReturn, Redemption

__all__ = [
    "BonusReturn",
    "Campaign",
    "CampaignEvent",
    "Code",
    "CodeEvent",
    "Redemption",
    "Terms",
    "TermsEvent",
]
