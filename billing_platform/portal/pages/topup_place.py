"""Where a customer brings its balance up by itself, and what it is advised to do about an empty one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.bank_orders import order_currencies
from payments.selectors.topup_limits import topup_currencies
from payments.services.payable import payable_ways

if TYPE_CHECKING:
    from tenants.types import TenantView


@dataclass(frozen=True, slots=True)
class TopupPlace:
    """A page where money can be brought in.

    Attributes:
        url, label: of the button that leads there.
        revives: what ends a suspension, and how soon.
        in_time: what is to be done before the credit is used up.
    """

    url: str
    label: str
    revives: str
    in_time: str


def topup_place(tenant: TenantView) -> TopupPlace | None:
    """Return where a tenant tops up: online, else by bank transfer; None where only its provider can add credit.

    Args:
        tenant: whose; its scope is open.
    """
    if payable_ways(provider_id=tenant.provider_id, currencies=topup_currencies(tenant)):
        return TopupPlace(
            reverse("billing-pay"),
            _("Top-up"),
            _("Top up: the service is back within seconds of the payment."),
            _("Top up before then."),
        )
    if order_currencies(tenant):
        return TopupPlace(
            reverse("billing-bank"),
            _("Top up by bank transfer"),
            _("Top up by bank transfer: the service is back as soon as the money has arrived."),
            _("Top up by bank transfer before then."),
        )
    return None
