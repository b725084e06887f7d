"""Campaigns and their codes: everybody of the provider reads them, owners and billing staff make and end them."""

from __future__ import annotations

import secrets
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.selectors.balances import currencies_in_use
from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.campaign_forms import (
    BulkForm,
    CampaignForm,
    CodeForm,
    campaign_values,
)
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.campaigns import (
    MAY_PROMOTE,
    CampaignFilter,
    campaign_page,
    campaigns_page,
)
from billing_platform.portal.pages.campaigns_csv import (
    CAMPAIGNS_HEAD,
    CODES_HEAD,
    USES_HEAD,
    campaign_cells,
    code_cells,
    use_cells,
)
from promotions.errors import CampaignNotFound
from promotions.selectors.campaigns import campaign_by_public_id
from promotions.services.campaigns import change_campaign, create_campaign, end_campaign
from promotions.services.codes import add_code, end_code, generate_codes
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django import forms
    from django.http import HttpResponse, HttpResponseBase

    from promotions.types import CampaignView
    from tenants.access import ProviderRequest

_PREFIX_LENGTH = 8


@require_safe
@provider_member(*ProviderRole)
def campaigns(request: ProviderRequest) -> HttpResponse:
    """Show a page of campaigns."""
    wanted = CampaignFilter.of(request.GET)
    page = campaigns_page(request.provider, wanted, role=request.membership.role, now=now())
    return render(request, "portal/campaigns.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def campaigns_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all campaigns that match."""
    query = CampaignFilter.of(request.GET).wanted()
    rows = partial(campaign_cells, request.provider.id, query, now())
    return list_file(request, "campaigns", CAMPAIGNS_HEAD, rows)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_PROMOTE)
def new(request: ProviderRequest) -> HttpResponse:
    """Make a campaign, once per form that was opened."""
    today = now().astimezone(ZoneInfo(request.provider.time_zone)).date()
    first = {"starts": today, "benefit": "bonus_percent", "tenant_limit": 1, "key": _key()}
    form = _campaign_form(request, first, [])
    made: list[str] = []
    is_fine = form.is_valid() and not _is_over(form, today)
    if is_fine and _done(form, lambda: made.append(_create(request, form))):
        messages.success(request, _("The campaign is saved. Give it a code."))
        return redirect("provider-campaign", campaign=made[0])
    return _form(request, form, _("Add a campaign"), None)


def _is_over(form: CampaignForm, today: date) -> bool:
    """Refuse a new campaign that ended before it begins: it could never have a code."""
    ends = form.cleaned_data["ends"]
    if ends is None or ends >= today:
        return False
    form.add_error("ends", _("This day is over."))
    return True


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_PROMOTE)
def edit(request: ProviderRequest, campaign: str) -> HttpResponse:
    """Change a campaign that nobody has used."""
    row = _of(request, campaign)
    first = campaign_values(row.terms, request.provider.time_zone) | {"key": _key()}
    form = _campaign_form(request, first, [each.currency for each in row.terms.currencies])
    if form.is_valid() and _done(
        form,
        lambda: change_campaign(
            provider_id=request.provider.id, public_id=campaign, terms=form.terms()
        ),
    ):
        messages.success(request, _("The campaign is saved."))
        return redirect("provider-campaign", campaign=campaign)
    return _form(request, form, _("Change the campaign"), row)


@require_safe
@provider_member(*ProviderRole)
def campaign(request: ProviderRequest, campaign: str) -> HttpResponse:
    """Show a campaign with its codes and uses."""
    return _shown(request, campaign)


@require_POST
@provider_member(*MAY_PROMOTE)
def end(request: ProviderRequest, campaign: str) -> HttpResponse:
    """End a campaign now."""
    _of(request, campaign)
    end_campaign(provider_id=request.provider.id, public_id=campaign, now=now())
    messages.success(request, _("The campaign has ended."))
    return redirect("provider-campaign", campaign=campaign)


@require_POST
@provider_member(*MAY_PROMOTE)
def code_add(request: ProviderRequest, campaign: str) -> HttpResponse:
    """Give a campaign a code that somebody made up."""
    _of(request, campaign)
    form = CodeForm(request.POST)
    if form.is_valid() and _done(
        form,
        lambda: add_code(
            provider_id=request.provider.id,
            campaign=campaign,
            text=form.cleaned_data["text"],
            request_key=_request_key(request, form),
            now=now(),
        ),
        "text",
    ):
        messages.success(request, _("The code is saved."))
        return redirect("provider-campaign", campaign=campaign)
    return _shown(request, campaign, code_form=form)


@require_POST
@provider_member(*MAY_PROMOTE)
def codes_make(request: ProviderRequest, campaign: str) -> HttpResponse:
    """Give a campaign many codes for one use each, once per form that was opened."""
    _of(request, campaign)
    form = BulkForm(request.POST)
    made: list[int] = []
    if form.is_valid() and _done(
        form, lambda: made.append(_generate(request, campaign, form)), "begins_with"
    ):
        words = ngettext("%(count)s code is made.", "%(count)s codes are made.", made[0])
        messages.success(request, words % {"count": made[0]})
        return redirect("provider-campaign", campaign=campaign)
    return _shown(request, campaign, bulk_form=form)


@require_POST
@provider_member(*MAY_PROMOTE)
def code_end(request: ProviderRequest, campaign: str) -> HttpResponse:
    """Withdraw a code."""
    _of(request, campaign)
    shown = request.POST.get("code", "")
    end_code(provider_id=request.provider.id, campaign=campaign, shown=shown, now=now())
    messages.success(request, _("The code is withdrawn."))
    return redirect("provider-campaign", campaign=campaign)


@require_safe
@provider_member(*MAY_PROMOTE)
def codes_csv(request: ProviderRequest, campaign: str) -> HttpResponseBase:
    """Send all codes of a campaign."""
    rows = partial(code_cells, request.provider.id, _of(request, campaign))
    return list_file(request, "codes", CODES_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def uses_csv(request: ProviderRequest, campaign: str) -> HttpResponseBase:
    """Send all uses of a campaign's codes."""
    rows = partial(use_cells, request.provider.id, _of(request, campaign))
    return list_file(request, "code-uses", USES_HEAD, rows)


def _of(request: ProviderRequest, public_id: str) -> CampaignView:
    try:
        return campaign_by_public_id(request.provider.id, public_id, now=now())
    except CampaignNotFound as error:
        raise Http404 from error


def _campaign_form(
    request: ProviderRequest, first: dict[str, Any], known: list[str]
) -> CampaignForm:
    used = currencies_in_use(request.provider.id)
    currencies = list(dict.fromkeys([request.provider.currency, *used, *known]))
    zone = request.provider.time_zone
    return CampaignForm(request.POST or None, initial=first, currencies=currencies, zone=zone)


def _create(request: ProviderRequest, form: CampaignForm) -> str:
    return create_campaign(
        provider_id=request.provider.id,
        terms=form.terms(),
        request_key=_request_key(request, form),
        user_id=int(request.user.pk),
        now=now(),
    )


def _generate(request: ProviderRequest, campaign: str, form: BulkForm) -> int:
    return generate_codes(
        provider_id=request.provider.id,
        campaign=campaign,
        count=form.cleaned_data["count"],
        prefix=form.cleaned_data["begins_with"],
        request_key=_request_key(request, form),
        now=now(),
    )


def _done(form: forms.Form, work: Callable[[], object], field: str | None = None) -> bool:
    try:
        work()
    except DomainError as error:
        form.add_error(field, error.message)
        return False
    return True


def _shown(
    request: ProviderRequest,
    public_id: str,
    *,
    code_form: CodeForm | None = None,
    bulk_form: BulkForm | None = None,
) -> HttpResponse:
    try:
        role = request.membership.role
        page = campaign_page(request.provider, public_id, request.GET, role=role, now=now())
    except CampaignNotFound as error:
        raise Http404 from error
    letters = "".join(sign for sign in request.provider.slug.upper() if sign.isalnum())
    first = {"key": _key(), "begins_with": letters[:_PREFIX_LENGTH]}
    context = {
        "page": page,
        "code_form": code_form or CodeForm(initial={"key": _key()}, auto_id="code-%s"),
        "bulk_form": bulk_form or BulkForm(initial=first, auto_id="bulk-%s"),
    }
    status = 422 if code_form or bulk_form else 200
    return render(request, "portal/campaign.html", context, status=status)


def _form(
    request: ProviderRequest, form: CampaignForm, heading: str, row: CampaignView | None
) -> HttpResponse:
    context = {"form": form, "heading": heading, "row": row}
    return render(request, "portal/campaign_form.html", context, status=422 if form.errors else 200)


def _key() -> str:
    return secrets.token_urlsafe(16)


def _request_key(request: ProviderRequest, form: forms.Form) -> str:
    return f"form:{request.user.pk}:{form.cleaned_data['key']}"
