"""A provider's bank accounts: which one documents of a currency name; for owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.portal.bank_forms import ACCOUNT_FIELDS, AccountForm
from payments.errors_bank import AccountUnknown, InvalidBankAccount
from payments.selectors.bank_accounts import list_accounts
from payments.services.bank_accounts import save_account, set_default
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole
from tenants.fresh_login import NOT_FRESH, confirm_url, fresh_login

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_http_methods(["GET", "HEAD", "POST"])
@without_transaction
@provider_member(ProviderRole.OWNER)
def accounts(request: ProviderRequest) -> HttpResponse:
    """Show the accounts, and add one or change it by its IBAN."""
    form = AccountForm(request.POST if request.method == "POST" else None)
    confirm = confirm_url(request, request.path)
    if form.is_bound and confirm:
        form.add_error("iban", _(NOT_FRESH))
    if form.is_valid():
        try:
            save_account(provider_id=request.provider.id, terms=form.terms(), now=now())
        except InvalidBankAccount as error:
            form.add_error(ACCOUNT_FIELDS.get(error.code), error.message)
        else:
            messages.success(request, _("The bank account is saved."))
            return redirect("provider-bank-accounts")
    with open_scope(request):
        rows = list_accounts(request.provider.id)
        context = {"accounts": rows, "form": form, "confirm_url": confirm}
        status = 422 if form.errors else 200
        return render(request, "portal/bank_accounts.html", context, status=status)


@require_POST
@without_transaction
@provider_member(ProviderRole.OWNER)
@fresh_login
def name_on_documents(request: ProviderRequest, iban: str) -> HttpResponse:
    """Let documents of its currency name an account."""
    return _set(request, iban, is_default=True)


@require_POST
@without_transaction
@provider_member(ProviderRole.OWNER)
@fresh_login
def leave_off_documents(request: ProviderRequest, iban: str) -> HttpResponse:
    """Let documents of its currency name the company's account again."""
    return _set(request, iban, is_default=False)


def _set(request: ProviderRequest, iban: str, *, is_default: bool) -> HttpResponse:
    try:
        set_default(provider_id=request.provider.id, number=iban, is_default=is_default)
    except AccountUnknown as error:
        raise Http404 from error
    messages.success(request, _("Documents that are issued from now on follow."))
    return redirect("provider-bank-accounts")
