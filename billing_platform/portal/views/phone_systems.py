"""A provider's phone systems: looked at and tried by all of its people, changed by who may map calls to clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.address import address_text, row_number
from billing_platform.portal.pages.call_trial import answer_of
from billing_platform.portal.pages.phone_systems import (
    MAY_MAP,
    phone_system_page,
    phone_systems_page,
)
from billing_platform.portal.phone_forms import CallTrialForm, SystemForm, ZoneForm
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.errors import CodeTakenError, InvalidPhoneSystemError, UnknownPhoneSystemError
from usage.importers.asterisk_columns import NotAsteriskError, read_columns
from usage.selectors.call_trial import try_call
from usage.selectors.phone_systems import phone_system
from usage.services.phone_systems import add_phone_system, change_time_zone

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from usage.importers.asterisk_mapping import DirectionRule
    from usage.selectors.phone_systems import PhoneSystemRules

_SEARCH_MAX: Final = 200


@require_safe
@provider_member(*ProviderRole)
def phone_systems(request: ProviderRequest) -> HttpResponse:
    """Show the phone systems and the folders that are watched."""
    page = phone_systems_page(request.provider, role=request.membership.role)
    return render(request, "portal/phone_systems.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def system(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Show how a phone system reads."""
    try:
        page = phone_system_page(
            request.provider,
            system_id,
            search=address_text(request.GET.get("q", ""), _SEARCH_MAX),
            after=row_number(request.GET.get("after", "")),
            role=request.membership.role,
        )
    except UnknownPhoneSystemError as error:
        raise Http404 from error
    return render(request, "portal/phone_system.html", {"page": page})


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_MAP)
def new_system(request: ProviderRequest) -> HttpResponse:
    """Make a phone system; a code is taken once."""
    form = SystemForm(request.POST or None, initial={"time_zone": request.provider.time_zone})
    if form.is_valid():
        try:
            system_id = add_phone_system(
                provider_id=request.provider.id,
                source=form.cleaned_data["source"],
                time_zone=form.cleaned_data["time_zone"],
                now=now(),
            )
        except CodeTakenError:
            form.add_error("source", _("There is a phone system of this code."))
        except InvalidPhoneSystemError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The phone system is made. Say how its calls read."))
            return redirect("provider-phone-system", system_id=system_id)
    return answer_form(
        request, form, heading=_("New phone system"), verb=_("Make it"), has_zones=True
    )


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_MAP)
def zone(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Change the zone of a phone system's files."""
    found = system_of(request, system_id)
    form = ZoneForm(request.POST or None, initial={"time_zone": found.time_zone})
    if form.is_valid():
        try:
            change_time_zone(
                provider_id=request.provider.id,
                system_id=system_id,
                time_zone=form.cleaned_data["time_zone"],
                now=now(),
            )
        except InvalidPhoneSystemError as error:
            form.add_error("time_zone", error.message)
        else:
            messages.success(request, _("Its times are read in this zone from now on."))
            return redirect("provider-phone-system", system_id=system_id)
    return answer_form(
        request,
        form,
        heading=_("Time zone of %s") % found.source,
        verb=_("Save"),
        system=found,
        has_zones=True,
    )


@require_http_methods(["GET", "POST"])
@provider_member(*ProviderRole)
def attempt(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Try a row of a file; nothing is counted."""
    found = system_of(request, system_id)
    form, answer = CallTrialForm(request.POST or None), None
    if form.is_valid():
        columns = form.cleaned_data["columns"]
        try:
            trial = try_call(
                request.provider.id,
                found.source,
                form.cleaned_data["row"],
                columns=read_columns(columns) if columns else None,
            )
        except NotAsteriskError as error:
            form.add_error("columns" if columns else "row", str(error))
        else:
            answer = answer_of(trial)
    status = 422 if form.errors else 200
    page = {"system": found, "form": form, "answer": answer, "zone": request.provider.time_zone}
    return render(request, "portal/call_trial.html", page, status=status)


def system_of(request: ProviderRequest, system_id: int) -> PhoneSystemRules:
    """Return the phone system that an address names.

    Args:
        request: of somebody of the provider.
        system_id: from the address.

    Raises:
        Http404: the provider has no such phone system.
    """
    try:
        return phone_system(request.provider.id, system_id)
    except UnknownPhoneSystemError as error:
        raise Http404 from error


def answer_form(
    request: ProviderRequest,
    form: Any,
    *,
    heading: str,
    verb: str,
    system: PhoneSystemRules | None = None,
    has_zones: bool = False,
    words: str = "",
    was: DirectionRule | None = None,
) -> HttpResponse:
    """Show one of the forms of phone systems, with what was typed and what is wrong with it.

    Args:
        request: of somebody of the provider.
        form: bound or not.
        heading: of the page.
        verb: on the button.
        system: whose form it is; None where it leads back to the list.
        has_zones: one of its fields is a time zone.
        words: above the form.
        was: the rule that is changed.
    """
    back = reverse("provider-phone-systems")
    if system is not None:
        back = reverse("provider-phone-system", kwargs={"system_id": system.id})
    page = {
        "form": form,
        "heading": heading,
        "verb": verb,
        "back_url": back,
        "back_label": system.source if system else _("Phone systems"),
        "has_zones": has_zones,
        "words": words,
        "was": was._asdict() if was else {},
    }
    return render(request, "portal/phone_form.html", page, status=422 if form.errors else 200)
