"""Saved filters of the list of clients: each person keeps the own ones, owners share some with everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.clients_filter import ClientFilter
from billing_platform.portal.pages.saved_filters import filter_of, saved_filters_page
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.services.saved_filters import (
    change_filter,
    choose_default,
    drop_filter,
    save_filter,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tenants.access import ProviderRequest


class FilterForm(forms.Form):
    """A filter that is to be kept."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, widget=forms.TextInput({"autocomplete": "off"})
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Share with everybody who works here"), required=False
    )
    is_default = forms.BooleanField(label=gettext_lazy("Open the list with it"), required=False)
    query = forms.CharField(widget=forms.HiddenInput, max_length=5000, required=False)

    def __init__(self, *args: object, may_share: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # a form's own arguments
        if not may_share:
            del self.fields["is_shared"]


@require_safe
@provider_member(*ProviderRole)
def filters(request: ProviderRequest) -> HttpResponse:
    """Show the saved filters, and the present one with a form to keep it."""
    present = ClientFilter.of(request.GET)
    return _page(request, _form(request, initial={"query": present.asked}), present)


@require_POST
@provider_member(*ProviderRole)
def save(request: ProviderRequest) -> HttpResponse:
    """Keep a filter; the same form again changes nothing."""
    form = _form(request, request.POST)
    wanted = filter_of(request.POST.get("query", ""))
    if form.is_valid() and not wanted.asked:
        form.add_error(None, _("Filter or order the list first; then there is something to keep."))
    if form.is_valid() and _save(request, form, wanted.asked):
        messages.success(request, _("The filter is kept."))
        return redirect(reverse("provider-clients") + wanted.without("view").query())
    return _page(request, form, wanted, status=422)


@require_POST
@provider_member(*ProviderRole)
def change(request: ProviderRequest) -> HttpResponse:
    """Rename a filter; an owner also shares it or takes it back."""
    return _act(
        request,
        lambda number: change_filter(
            provider_id=request.provider.id,
            user_id=request.user.pk,
            role=request.membership.role,
            filter_id=number,
            name=request.POST.get("name", ""),
            is_shared=request.POST.get("is_shared") == "on",
        ),
        _("The filter is changed."),
    )


@require_POST
@provider_member(*ProviderRole)
def default(request: ProviderRequest) -> HttpResponse:
    """Open the list with a filter from now on, or with everybody again."""
    return _act(
        request,
        lambda number: choose_default(
            provider_id=request.provider.id, user_id=request.user.pk, filter_id=number
        ),
        _("The list opens like this for you from now on."),
    )


@require_POST
@provider_member(*ProviderRole)
def drop(request: ProviderRequest) -> HttpResponse:
    """Delete a filter."""
    return _act(
        request,
        lambda number: drop_filter(
            provider_id=request.provider.id,
            user_id=request.user.pk,
            role=request.membership.role,
            filter_id=number,
        ),
        _("The filter is deleted."),
    )


def _act(request: ProviderRequest, action: Callable[[int], None], done: str) -> HttpResponse:
    try:
        action(row_number(request.POST.get("filter", "")))
    except DomainError as error:
        if error.http_status == 404:
            raise Http404 from error
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("provider-client-filters")


def _save(request: ProviderRequest, form: FilterForm, query: str) -> bool:
    said = form.cleaned_data
    place = {"provider_id": request.provider.id, "user_id": request.user.pk}
    try:
        number = save_filter(
            **place,
            role=request.membership.role,
            name=said["name"],
            query=query,
            is_shared=said.get("is_shared", False),
            now=now(),
        )
        if said["is_default"]:
            choose_default(**place, filter_id=number)
    except DomainError as error:
        form.add_error("name", error.message)
        return False
    return True


def _form(request: ProviderRequest, *args: object, **kwargs: object) -> FilterForm:
    may_share = request.membership.role == ProviderRole.OWNER
    return FilterForm(*args, may_share=may_share, **kwargs)


def _page(
    request: ProviderRequest, form: FilterForm, present: ClientFilter, *, status: int = 200
) -> HttpResponse:
    page = saved_filters_page(
        request.provider.id, request.user.pk, request.membership.role, present=present
    )
    context = {"page": page, "form": form}
    return render(request, "portal/saved_filters.html", context, status=status)
