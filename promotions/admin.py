"""What operators see of promotions; nothing can be edited."""

from billing_platform.kernel.read_only_admin import register_read_only
from promotions.models import BonusReturn, Campaign, Code, Redemption, Terms

register_read_only((BonusReturn, Campaign, Code, Redemption, Terms))
