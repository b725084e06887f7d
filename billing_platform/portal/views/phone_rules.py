"""Rules of direction and lines of a phone system: one address per change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.phone_systems import MAY_MAP
from billing_platform.portal.phone_forms import LineForm, RuleForm, rule_values
from billing_platform.portal.views.phone_systems import answer_form, system_of
from tenants.access import provider_member
from tenants.selectors.tenants import tenant_states
from usage.errors import InvalidPhoneSystemError, RuleChangedError, UnknownPhoneSystemError
from usage.importers.asterisk_mapping import DirectionRule
from usage.services.phone_systems import (
    raise_rule,
    remove_line,
    remove_rule,
    set_line,
    set_rule,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_MAP)
def rule(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Add a rule of direction, or change the one whose place the address names."""
    system = system_of(request, system_id)
    place = row_number(request.GET.get("place", ""))
    is_new = "place" not in request.GET
    was = None
    if not is_new:
        if place >= len(system.rules):
            messages.error(request, RuleChangedError().message)
            return redirect("provider-phone-system", system_id=system_id)
        was = _was(request) if request.method == "POST" else system.rules[place]
    form = RuleForm(request.POST or None, initial=rule_values(was) if was else None)
    if form.is_valid():
        try:
            set_rule(
                provider_id=request.provider.id,
                system_id=system_id,
                rule=form.cleaned_data,
                was=was,
                place=place,
                now=now(),
            )
        except (InvalidPhoneSystemError, RuleChangedError) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The rule holds for calls that are read from now on."))
            return redirect("provider-phone-system", system_id=system_id)
    return answer_form(
        request,
        form,
        heading=_("New rule of direction") if is_new else _("Rule %s") % (place + 1),
        verb=_("Add the rule") if is_new else _("Save"),
        system=system,
        words=_("The first rule that a call meets says its direction."),
        was=was,
    )


@require_POST
@provider_member(*MAY_MAP)
def drop_rule(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Remove a rule."""
    if _done(request, system_id, remove_rule):
        messages.success(request, _("The rule is removed."))
    return redirect("provider-phone-system", system_id=system_id)


@require_POST
@provider_member(*MAY_MAP)
def lift_rule(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Let a rule be tried before the one above it."""
    _done(request, system_id, raise_rule)
    return redirect("provider-phone-system", system_id=system_id)


def _done(request: ProviderRequest, system_id: int, service: Callable[..., object]) -> bool:
    """Do what a button beside a rule asks; say why when the rule is another one meanwhile."""
    system_of(request, system_id)
    try:
        service(
            provider_id=request.provider.id,
            system_id=system_id,
            was=_was(request),
            place=row_number(request.POST.get("place", "")),
            now=now(),
        )
    except RuleChangedError as error:
        messages.error(request, error.message)
        return False
    return True


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_MAP)
def line(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Say whose a number, a trunk or an account code is; what the address names stands in the form."""
    system = system_of(request, system_id)
    given = {name: request.GET.get(name, "") for name in ("kind", "value", "tenant")}
    form = LineForm(request.POST or None, initial=given)
    if form.is_valid():
        said = form.cleaned_data
        try:
            set_line(
                provider_id=request.provider.id,
                system_id=system_id,
                kind=said["kind"],
                value=said["value"],
                tenant=said["tenant"],
                now=now(),
            )
        except InvalidPhoneSystemError as error:
            form.add_error(None, error.message)
        else:
            if tenant_states(request.provider.id, [said["tenant"]]):
                words = _("Calls that waited for this line are counted within a minute.")
                messages.success(request, words)
            else:
                words = _("Saved, but there is no client %s yet: the line's calls wait for it.")
                messages.warning(request, words % said["tenant"])
            return redirect("provider-phone-system", system_id=system_id)
    return answer_form(
        request,
        form,
        heading=_("Whose line it is"),
        verb=_("Save"),
        system=system,
        words=_(
            "What was said about this line before is replaced; counted calls stay as they are."
        ),
    )


@require_POST
@provider_member(*MAY_MAP)
def drop_line(request: ProviderRequest, system_id: int) -> HttpResponse:
    """Forget whose a line is."""
    system_of(request, system_id)
    try:
        remove_line(
            provider_id=request.provider.id,
            system_id=system_id,
            line_id=row_number(request.POST.get("line", "")),
            now=now(),
        )
    except UnknownPhoneSystemError:
        messages.error(request, _("This line is removed already."))
    else:
        messages.success(request, _("The line is nobody's; its calls wait from now on."))
    return redirect("provider-phone-system", system_id=system_id)


def _was(request: ProviderRequest) -> DirectionRule:
    """Return the rule that somebody saw when they began to change it."""
    return DirectionRule(*(request.POST.get(f"was_{name}", "") for name in DirectionRule._fields))
