"""What a provider's people do for a client: give credit, correct the balance, suspend and resume."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import PostingKind
from accounts.errors import IdempotencyConflict
from accounts.selectors.balances import wallets_of
from accounts.services.approvals import request_approval
from accounts.services.credits import add_credit, adjust
from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_actions import MAY_POST, MAY_SUSPEND
from billing_platform.portal.forms_money import CorrectionForm, CreditForm, SuspendForm
from billing_platform.portal.undo import tell_undoable
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import SuspensionReason, TenantStatus
from tenants.registry import APPROVAL_LIMIT_MINOR
from tenants.selectors.settings import get_setting
from tenants.selectors.suspensions import open_suspensions
from tenants.services.suspension import resume_by_hand, suspend_by_hand

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from billing_platform.kernel.money import Money
    from billing_platform.portal.forms_money import MoneyForm
    from tenants.access import ProviderRequest
    from tenants.types import TenantView


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_POST)
def credit(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Give a client prepaid credit, once per form that was opened."""
    tenant = client_of(request, public_id)
    form = CreditForm(
        request.POST or None, currencies=_currencies(request, tenant), initial=_first(tenant)
    )
    if form.is_valid() and _post(request, tenant, form):
        return redirect("provider-client", public_id=tenant.public_id)
    return _show(request, tenant, form, "credit")


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_POST)
def correct(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Correct a client's balance by a posting of its own, up or down."""
    tenant = client_of(request, public_id)
    form = CorrectionForm(
        request.POST or None, currencies=_currencies(request, tenant), initial=_first(tenant)
    )
    if form.is_valid() and _post(request, tenant, form):
        return redirect("provider-client", public_id=tenant.public_id)
    return _show(request, tenant, form, "correct")


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_SUSPEND)
def suspend(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Suspend a client by hand."""
    tenant = client_of(request, public_id)
    form = SuspendForm(request.POST or None)
    if form.is_valid():
        try:
            suspend_by_hand(
                provider_id=request.provider.id,
                tenant_id=tenant.id,
                note=form.cleaned_data["note"],
                now=now(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            tell_undoable(
                request,
                _("%s is suspended.") % tenant.name,
                url=reverse("provider-client-resume", args=[tenant.public_id]),
            )
            return redirect("provider-client", public_id=tenant.public_id)
    return _show(request, tenant, form, "suspend")


@require_POST
@provider_member(*MAY_SUSPEND)
def resume(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Lift the suspension that somebody decided by hand."""
    tenant = client_of(request, public_id)
    note = _note_of(request, tenant)
    try:
        change = resume_by_hand(provider_id=request.provider.id, tenant_id=tenant.id, now=now())
    except DomainError as error:
        messages.warning(request, error.message)
    else:
        if change is None or change.status == TenantStatus.SUSPENDED:
            messages.warning(
                request,
                _("Lifted. %s stays suspended for another reason, shown below.") % tenant.name,
            )
        else:
            url = reverse("provider-client-suspend", args=[tenant.public_id])
            tell_undoable(request, _("%s is back.") % tenant.name, url=url, note=note)
    return redirect("provider-client", public_id=tenant.public_id)


def _note_of(request: ProviderRequest, tenant: TenantView) -> str:
    """Return why somebody suspended a client, to be said again when its return is undone."""
    open_now = open_suspensions(request.provider.id, tenant.id)
    return next((row.note for row in open_now if row.kind == SuspensionReason.BY_HAND), "")


def _currencies(request: ProviderRequest, tenant: TenantView) -> list[str]:
    found = [wallet.currency for wallet in wallets_of(request.provider.id, [tenant.id])]
    return found or [tenant.currency]


def _first(tenant: TenantView) -> dict[str, str]:
    # One key per form that was opened: whatever is sent twice from it is posted once.
    return {"key": secrets.token_urlsafe(16), "currency": tenant.currency}


def _post(request: ProviderRequest, tenant: TenantView, form: MoneyForm) -> bool:
    post = adjust if isinstance(form, CorrectionForm) else add_credit
    try:
        amount = form.money()
        limit: int = get_setting(request.provider.id, APPROVAL_LIMIT_MINOR)
        if limit and abs(amount.amount_minor) > limit:
            return _ask(request, tenant, form, amount)
        result = post(
            provider_id=request.provider.id,
            tenant_id=tenant.id,
            amount=amount,
            reason=form.cleaned_data["reason"],
            key=f"staff:{request.user.pk}:{form.cleaned_data['key']}",
            now=now(),
        )
    except IdempotencyConflict:
        form.add_error(None, _("This form was sent before with other values. Open it anew."))
    except DomainError as error:
        form.add_error("amount", error.message)
    else:
        words = _("%s posted.") % amount if result.created else _("This was posted already, once.")
        messages.success(request, words)
        return True
    return False


def _ask(request: ProviderRequest, tenant: TenantView, form: MoneyForm, amount: Money) -> bool:
    is_correction = isinstance(form, CorrectionForm)
    is_new = request_approval(
        provider_id=request.provider.id,
        tenant_id=tenant.id,
        kind=PostingKind.ADJUSTMENT if is_correction else PostingKind.CREDIT,
        amount=amount,
        reason=form.cleaned_data["reason"],
        key=f"staff:{request.user.pk}:{form.cleaned_data['key']}",
        user_id=request.user.pk,
        now=now(),
    )
    asked = _("%s needs a second person: it waits under Approvals.") % amount
    messages.success(request, asked if is_new else _("This was asked for already, once."))
    return True


def _show(
    request: ProviderRequest, tenant: TenantView, form: forms.Form, action: str
) -> HttpResponse:
    context = {"tenant": tenant, "form": form}
    status = 422 if form.errors else 200
    return render(request, f"portal/client_{action}.html", context, status=status)
