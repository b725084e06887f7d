"""Notes about a client: read by everybody of the provider, written by those who may change something."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.views.lookups import client_of
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.selectors.notes import list_notes
from tenants.services.notes import add_note, pin_note

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from tenants.types import TenantView

MAY_WRITE: Final = (ProviderRole.OWNER, ProviderRole.BILLING, ProviderRole.SUPPORT)
_SHOWN: Final = 200


class NoteForm(forms.Form):
    """A note; `key` makes that one form writes once."""

    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    is_pinned = forms.BooleanField(label=gettext_lazy("Pin above the others"), required=False)
    key = forms.CharField(max_length=40, widget=forms.HiddenInput)


@require_safe
@provider_member(*ProviderRole)
def notes(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show the notes about a client."""
    form = NoteForm(initial={"key": secrets.token_urlsafe(12)})
    return _show(request, client_of(request, public_id), form)


@require_POST
@provider_member(*MAY_WRITE)
def add(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Write a note, once per form."""
    tenant = client_of(request, public_id)
    form = NoteForm(request.POST)
    if form.is_valid() and _write(request, tenant, form):
        messages.success(request, _("The note is kept."))
        return redirect("provider-client-notes", public_id=tenant.public_id)
    return _show(request, tenant, form, status=422)


@require_POST
@provider_member(*MAY_WRITE)
def pin(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Pin a note, or unpin it."""
    tenant = client_of(request, public_id)
    is_there = pin_note(
        provider_id=request.provider.id,
        tenant_id=tenant.id,
        note_id=row_number(request.POST.get("note", "")),
        is_pinned=request.POST.get("pin") == "1",
    )
    if not is_there:
        messages.error(request, _("There is no such note."))
    return redirect("provider-client-notes", public_id=tenant.public_id)


def _show(
    request: ProviderRequest, tenant: TenantView, form: NoteForm, status: int = 200
) -> HttpResponse:
    context = {
        "tenant": tenant,
        "notes": list_notes(request.provider.id, tenant.id, limit=_SHOWN),
        "form": form,
        "may_write": request.membership.role in MAY_WRITE,
        "tabs": client_tabs(request.provider.id, tenant.public_id, "provider-client-notes"),
        "zone": request.provider.time_zone,
    }
    return render(request, "portal/client_notes.html", context, status=status)


def _write(request: ProviderRequest, tenant: TenantView, form: NoteForm) -> bool:
    said = form.cleaned_data
    try:
        add_note(
            provider_id=request.provider.id,
            tenant_id=tenant.id,
            author_id=request.user.pk,
            text=said["text"],
            is_pinned=said["is_pinned"],
            key=said["key"],
            now=now(),
        )
    except DomainError as error:
        form.add_error("text", error.message)
        return False
    return True
