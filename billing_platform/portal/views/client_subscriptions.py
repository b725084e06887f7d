"""What a client is subscribed to: looked at by everybody of the provider, begun, changed and ended by who sells."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.services.wallets import open_wallet
from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.periods import hour_floor
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.pages.plans import MAY_SELL
from billing_platform.portal.undo import tell_undoable
from billing_platform.portal.unit_forms import (
    UNIT_STARTS,
    ChangeUnitsForm,
    UnitsForm,
    units_follow,
)
from billing_platform.portal.views.lookups import client_of, period_end
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.selectors.sale import offered_versions
from usage.selectors.subscribed import subscriptions_of
from usage.selectors.units import counted_fees, held_units
from usage.services.kept_subscriptions import keep_subscription
from usage.services.subscriptions import change_quantity, end_subscription, subscribe

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.http import HttpResponse, QueryDict

    from tenants.access import ProviderRequest
    from tenants.types import TenantView
    from usage.selectors.sale import OfferedVersion
    from usage.selectors.subscribed import SubscribedPlan
    from usage.selectors.units import CountedFee, HeldUnits

_HOUR = timedelta(hours=1)
# Begins with the hour that runs: what was used in it already counts.
_STARTS = (("now", gettext_lazy("Now")), ("period", gettext_lazy("With the next billing period")))

_NO_PERIOD = gettext_lazy("No billing period runs for this client yet. Choose now.")


class SubscribeForm(UnitsForm):
    """A subscription that is to begin; `key` makes that one form begins one."""

    version = forms.TypedChoiceField(label=gettext_lazy("Plan"), coerce=int)
    starts = forms.ChoiceField(label=gettext_lazy("Begins"), choices=_STARTS)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        versions: Sequence[OfferedVersion],
        fees: Sequence[CountedFee],
        place: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["version"]
        choice.widget.attrs.update(units_follow(place))
        self.ask_units(fees)
        if isinstance(choice, forms.ChoiceField):
            words = _("%(plan)s, version %(number)s")
            choice.choices = [
                (each.version_id, words % {"plan": each.name, "number": each.number})
                for each in versions
            ]


@require_safe
@provider_member(*ProviderRole)
def subscriptions(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show what the client has, had and will have."""
    tenant = client_of(request, public_id)
    return _show(request, tenant, _form(request, tenant))


@require_POST
@provider_member(*MAY_SELL)
def begin(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Subscribe the client to a version that is on sale, once per form."""
    tenant = client_of(request, public_id)
    form, moment = _form(request, tenant, request.POST), now()
    starts = hour_floor(moment)
    if form.is_valid() and form.cleaned_data["starts"] == "period":
        ends = period_end(tenant, tenant.currency, moment)
        if ends is None:
            form.add_error("starts", _NO_PERIOD)
        starts = ends or starts
    if form.is_valid():
        said = form.cleaned_data
        try:
            open_wallet(
                provider_id=tenant.provider_id,
                tenant_id=tenant.id,
                currency=tenant.currency,
                now=moment,
            )
            subscribe(
                provider_id=tenant.provider_id,
                tenant_id=tenant.id,
                version_id=said["version"],
                starts_at=starts,
                key=f"staff:{said['key']}",
                now=moment,
                quantities=form.units(),
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The subscription is made."))
            return redirect("provider-client-subscriptions", public_id=tenant.public_id)
    return _show(request, tenant, form, status=422)


@require_POST
@provider_member(*MAY_SELL)
def end(request: ProviderRequest, public_id: str) -> HttpResponse:
    """End a subscription with the running hour, or with the billing period."""
    tenant = client_of(request, public_id)
    number, moment = request.POST.get("subscription", ""), now()
    found = {str(row.id): row for row in _rows(tenant, moment)}.get(number)
    if found is None:
        messages.error(request, _("There is no such subscription."))
        return redirect("provider-client-subscriptions", public_id=tenant.public_id)
    at: datetime | None = hour_floor(moment) + _HOUR
    if request.POST.get("ends") == "period":
        at = period_end(tenant, found.currency, moment)
    if at is None:
        messages.error(request, _NO_PERIOD)
        return redirect("provider-client-subscriptions", public_id=tenant.public_id)
    try:
        end_subscription(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            subscription_id=found.id,
            at=at,
            now=moment,
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        _tell_end(request, tenant, found)
    return redirect("provider-client-subscriptions", public_id=tenant.public_id)


@require_POST
@provider_member(*MAY_SELL)
def keep(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Take the end of a subscription back that has not come yet."""
    tenant, moment = client_of(request, public_id), now()
    try:
        keep_subscription(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            subscription_id=row_number(request.POST.get("subscription", "")),
            now=moment,
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The subscription goes on."))
    return redirect("provider-client-subscriptions", public_id=tenant.public_id)


@require_POST
@provider_member(*MAY_SELL)
def units(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Change how many units of a licence or fee the client has, from now or from the next period on."""
    tenant = client_of(request, public_id)
    form = ChangeUnitsForm(request.POST)
    if form.is_valid():
        _change_units(tenant, form)
    if form.is_valid():
        messages.success(request, _("The units are changed."))
        return redirect("provider-client-subscriptions", public_id=tenant.public_id)
    messages.error(request, str(next(iter(form.errors.values()))[0]))
    return _show(request, tenant, _form(request, tenant), refused=form, status=422)


def _tell_end(request: ProviderRequest, tenant: TenantView, row: SubscribedPlan) -> None:
    """Say that an end is set; where there was a later one before, undoing would take that away, too."""
    words = _("The end of the subscription is set.")
    if row.ends_at is not None:
        messages.success(request, words)
        return
    url = reverse("provider-client-keep-subscription", args=[tenant.public_id])
    tell_undoable(request, words, url=url, subscription=str(row.id))


def _change_units(tenant: TenantView, form: ChangeUnitsForm) -> None:
    """Change them, or tell the form why not."""
    said, moment = form.cleaned_data, now()
    found = {str(row.id): row for row in _rows(tenant, moment)}.get(said["subscription"])
    at: datetime | None = hour_floor(moment)
    if found is not None and said["starts"] == "period":
        at = period_end(tenant, found.currency, moment)
    if found is None or at is None:
        form.add_error(None, _NO_PERIOD if found else _("There is no such subscription."))
        return
    try:
        change_quantity(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            subscription_id=found.id,
            code=said["code"],
            quantity=said["quantity"],
            at=max(at, found.starts_at),
            now=moment,
        )
    except DomainError as error:
        form.add_error(None, error.message)


def _form(
    request: ProviderRequest, tenant: TenantView, said: QueryDict | None = None
) -> SubscribeForm:
    versions = [
        each
        for each in offered_versions(tenant.provider_id)
        if each.is_on_sale and tenant.currency in each.currencies
    ]
    wanted = (said or request.GET).get("version", "")
    ids = [each.version_id for each in versions]
    chosen = next((number for number in ids if str(number) == wanted), next(iter(ids), 0))
    return SubscribeForm(
        said or None,
        versions=versions,
        fees=counted_fees(tenant.provider_id, chosen),
        place=reverse("provider-client-subscriptions", kwargs={"public_id": tenant.public_id}),
        initial={"key": secrets.token_urlsafe(12), "version": chosen},
    )


def _rows(tenant: TenantView, moment: datetime) -> list[SubscribedPlan]:
    return subscriptions_of(tenant.provider_id, tenant.id, now=moment)


def _show(
    request: ProviderRequest,
    tenant: TenantView,
    form: SubscribeForm,
    *,
    refused: ChangeUnitsForm | None = None,
    status: int = 200,
) -> HttpResponse:
    moment, route = now(), "provider-client-subscriptions"
    held = held_units(tenant.provider_id, tenant.id, now=moment)
    context = {
        "tenant": tenant,
        "rows": [
            (
                row,
                row.state(moment),
                [(each, _said(refused, row, each)) for each in held.get(row.id, ())],
            )
            for row in _rows(tenant, moment)
        ],
        "starts": UNIT_STARTS,
        "form": form,
        "may_sell": request.membership.role in MAY_SELL,
        "tabs": client_tabs(tenant.provider_id, tenant.public_id, route),
        "zone": request.provider.time_zone,
    }
    return render(request, "portal/client_subscriptions.html", context, status=status)


def _said(
    refused: ChangeUnitsForm | None, row: SubscribedPlan, units: HeldUnits
) -> ChangeUnitsForm | None:
    """Return a refused change where it is one of these units, so that what was typed stays."""
    own = (str(row.id), units.code)
    is_own = refused is not None and own == (
        refused["subscription"].value(),
        refused["code"].value(),
    )
    return refused if is_own else None
