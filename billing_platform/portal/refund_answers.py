"""What became of a refund, said on the next page to who decided on it. Called by the provider's views."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import gettext as _

from payments.enums import RefundDestination, RefundState

if TYPE_CHECKING:
    from payments.types import RefundTerms
    from tenants.access import ProviderRequest


def tell_refund(request: ProviderRequest, state: str, terms: RefundTerms) -> None:
    """Say on the next page what became of a refund.

    Args:
        request: of who asked for it.
        state: of RefundState.
        terms: how much, and where.
    """
    if state == RefundState.FAILED:
        words = _("The gateway refused the refund. The balance has its money again.")
        messages.error(request, words)
    elif terms.destination == RefundDestination.BALANCE:
        messages.success(request, _("%s refunded to the balance.") % terms.amount)
    elif state == RefundState.SUCCEEDED:
        messages.success(request, _("%s refunded.") % terms.amount)
    else:
        messages.success(request, _("The refund of %s is on its way.") % terms.amount)
