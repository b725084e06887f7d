"""The closed lists of words of promotions."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Benefit(TextChoices):
    """What a campaign gives: credit beside what was paid, or less to pay for the same credit."""

    BONUS_PERCENT = "bonus_percent", _("Bonus credit, percent")
    BONUS_FIXED = "bonus_fixed", _("Bonus credit, amount")
    DISCOUNT_PERCENT = "discount_percent", _("Discount, percent")
    DISCOUNT_FIXED = "discount_fixed", _("Discount, amount")


BONUSES = (Benefit.BONUS_PERCENT, Benefit.BONUS_FIXED)
PERCENTS = (Benefit.BONUS_PERCENT, Benefit.DISCOUNT_PERCENT)


class UseState(TextChoices):
    """Where a use of a code stands; all but a released one count against the limits."""

    RESERVED = "reserved", _("Reserved")
    CONFIRMED = "confirmed", _("Used")
    RELEASED = "released", _("Released")


class CampaignState(TextChoices):
    """Whether a campaign's codes hold now."""

    PLANNED = "planned", _("Planned")
    ACTIVE = "active", _("Active")
    EXHAUSTED = "exhausted", _("Used up")
    ENDED = "ended", _("Ended")
