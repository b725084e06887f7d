"""The tables of promotions."""

from promotions.models.campaign import Campaign, Terms
from promotions.models.code import Code
from promotions.models.redemption import BonusReturn, Redemption

__all__ = ["BonusReturn", "Campaign", "Code", "Redemption", "Terms"]
