"""Watched folders of call records: added beneath the provider's own folder, changed, left alone and watched again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.phone_systems import MAY_MAP
from billing_platform.portal.phone_forms import FolderForm, NewFolderForm
from billing_platform.portal.views.phone_systems import answer_form
from tenants.access import provider_member
from usage.errors import (
    FolderNotAllowedError,
    InvalidPhoneSystemError,
    UnknownPhoneSystemError,
)
from usage.selectors.phone_systems import list_folders, list_phone_systems
from usage.services.own_folders import (
    change_folder,
    own_folders_root,
    switch_folder,
    watch_own_folder,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_MAP)
def new_folder(request: ProviderRequest) -> HttpResponse:
    """Watch a folder beneath the provider's own."""
    form = NewFolderForm(request.POST or None, sources=_sources(request))
    if form.is_valid():
        said = form.cleaned_data
        try:
            watch_own_folder(
                provider_id=request.provider.id,
                slug=request.provider.slug,
                name=said["name"],
                pattern=said["pattern"],
                columns=said["columns"],
                source=said["source"],
                now=now(),
            )
        except FolderNotAllowedError as error:
            form.add_error("name", error.message)
        except (InvalidPhoneSystemError, UnknownPhoneSystemError) as error:
            form.add_error(None, error.message)
        else:
            messages.success(
                request, _("The folder is read within a minute, and then each minute.")
            )
            return redirect("provider-phone-systems")
    root = own_folders_root(request.provider.slug)
    words = _("Your folders lie beneath %s.") % root if root else _("Operators name folders here.")
    return answer_form(request, form, heading=_("Watch a folder"), verb=_("Watch it"), words=words)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_MAP)
def folder(request: ProviderRequest, folder_id: int) -> HttpResponse:
    """Change how a folder's files are read."""
    folders = list_folders(request.provider.id)
    found = next((row for row in folders if row.id == folder_id), None)
    if found is None:
        raise Http404
    given = {"pattern": found.pattern, "columns": found.columns, "source": found.source}
    sources = sorted({*_sources(request), found.source})
    form = FolderForm(request.POST or None, initial=given, sources=sources)
    if form.is_valid():
        said = form.cleaned_data
        try:
            change_folder(
                provider_id=request.provider.id,
                folder_id=folder_id,
                pattern=said["pattern"],
                columns=said["columns"],
                source=said["source"],
            )
        except (InvalidPhoneSystemError, UnknownPhoneSystemError) as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("What is new in the folder is read so from now on."))
            return redirect("provider-phone-systems")
    return answer_form(request, form, heading=found.path, verb=_("Save"))


@require_POST
@provider_member(*MAY_MAP)
def switch(request: ProviderRequest, folder_id: int) -> HttpResponse:
    """Leave a folder alone, or watch it again."""
    is_active = request.POST.get("watch") == "1"
    try:
        switch_folder(provider_id=request.provider.id, folder_id=folder_id, is_active=is_active)
    except UnknownPhoneSystemError as error:
        raise Http404 from error
    if is_active:
        messages.success(request, _("The folder is watched again; it goes on where it stopped."))
    else:
        messages.success(request, _("The folder is left alone; what was read of it stays."))
    return redirect("provider-phone-systems")


def _sources(request: ProviderRequest) -> list[str]:
    return [row.source for row in list_phone_systems(request.provider.id)]
