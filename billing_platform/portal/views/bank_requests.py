"""Matches of bank lines above the provider's limit: approved or declined by a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_actions import MAY_POST
from invoicing.services.bank_decisions import approve_match, decline_match
from payments.errors_bank import BankLineNotFound
from tenants.access import provider_member, without_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def approve(request: ProviderRequest, line: str) -> HttpResponse:
    """Make the match that somebody else asked for."""
    return _decide(request, line, approve_match, _("Approved, matched and credited."))


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def decline(request: ProviderRequest, line: str) -> HttpResponse:
    """Decline a match, or withdraw one's own."""
    return _decide(request, line, decline_match, _("Nothing is posted."))


def _decide(
    request: ProviderRequest, line: str, decide: Callable[..., None], done: str
) -> HttpResponse:
    try:
        decide(
            provider_id=request.provider.id,
            line=line,
            user_id=int(request.user.pk),
            now=now(),
        )
    except BankLineNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("provider-bank-line", line=line)
