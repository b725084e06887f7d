"""A provider's uploaded usage files: looked at by everybody of the provider, uploaded by who posts money."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from billing_platform.kernel.clock import now
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.upload_files import (
    LIST_HEAD,
    ROWS_HEAD,
    row_cells,
    upload_cells,
)
from billing_platform.portal.pages.uploads import MAY_UPLOAD, upload_page, uploads_page
from billing_platform.portal.pages.uploads_filter import UploadFilter
from billing_platform.portal.upload_forms import UploadForm
from billing_platform.portal.upload_limit import has_too_large_file
from billing_platform.portal.upload_samples import sample_file
from billing_platform.portal.upload_words import FORMATS
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole
from usage.enums import UploadFormat
from usage.errors import (
    AlreadyUploadedError,
    UnknownUploadError,
    UploadNotReadableError,
    UploadNotStoredError,
)
from usage.selectors.uploads import upload_view
from usage.services.uploads import cancel_upload, read_again, receive_upload
from usage.tasks import read_uploaded_file

if TYPE_CHECKING:
    from django.http import HttpResponseBase

    from tenants.access import ProviderRequest
    from usage.selectors.uploads import UploadView

_SAMPLE_TYPES: Final = {UploadFormat.CLOUDEVENTS: "application/json; charset=utf-8"}


@require_safe
@provider_member(*ProviderRole)
def uploads(request: ProviderRequest) -> HttpResponse:
    """Show the uploads that match."""
    wanted = UploadFilter.of(request.GET, before=row_number(request.GET.get("before", "")))
    page = uploads_page(
        request.provider.id,
        wanted,
        role=request.membership.role,
        zone=request.provider.time_zone,
    )
    return render(request, "portal/uploads.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def uploads_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all uploads that match."""
    rows = partial(upload_cells, request.provider.id, UploadFilter.of(request.GET))
    return list_file(request, "uploads", LIST_HEAD, rows)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_UPLOAD)
@without_transaction
def new_upload(request: ProviderRequest) -> HttpResponse:
    """Take a file in; storing it may last, so no transaction waits for it."""
    if request.method == "GET":
        return _form(request, UploadForm(), 200)
    form = UploadForm(request.POST, request.FILES, is_too_large=has_too_large_file(request))
    if not form.is_valid():
        return _form(request, form, 422)
    said = form.cleaned_data
    try:
        upload_id = receive_upload(
            provider_id=request.provider.id,
            user_id=request.user.pk,
            file=said["file"],
            upload_format=UploadFormat(said["format"]),
            columns=said["columns"],
            source=said["source"],
            now=now(),
        )
    except AlreadyUploadedError as error:
        with open_scope(request):
            first = upload_view(request.provider.id, error.upload_id)
            return _form(request, form, 409, first)
    except UploadNotStoredError as error:
        form.add_error("file", _(error.message))
        return _form(request, form, error.http_status)
    _ring(request, upload_id)
    return redirect("provider-upload", upload_id=upload_id)


@require_safe
@provider_member(*ProviderRole)
def upload(request: ProviderRequest, upload_id: int) -> HttpResponse:
    """Show one upload; while it is read, the page asks for itself again."""
    try:
        page = upload_page(
            request.provider.id,
            upload_id,
            role=request.membership.role,
            zone=request.provider.time_zone,
        )
    except UnknownUploadError as error:
        raise Http404 from error
    return render(request, "portal/upload.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def upload_rows(request: ProviderRequest, upload_id: int) -> HttpResponseBase:
    """Send every row of an upload that was not accepted."""
    try:
        upload_view(request.provider.id, upload_id)
    except UnknownUploadError as error:
        raise Http404 from error
    rows = partial(row_cells, request.provider.id, upload_id)
    return list_file(request, f"upload-{upload_id}-rows", ROWS_HEAD, rows)


@require_POST
@provider_member(*MAY_UPLOAD)
def cancel(request: ProviderRequest, upload_id: int) -> HttpResponse:
    """Stop the reading behind the rows that were counted."""
    try:
        is_stopped = cancel_upload(provider_id=request.provider.id, upload_id=upload_id, now=now())
    except UnknownUploadError as error:
        raise Http404 from error
    if is_stopped:
        messages.success(request, _("The reading is stopped; what was counted stays counted."))
    else:
        messages.info(request, _("The reading had ended already."))
    return redirect("provider-upload", upload_id=upload_id)


@require_POST
@provider_member(*MAY_UPLOAD)
@without_transaction
def again(request: ProviderRequest, upload_id: int) -> HttpResponse:
    """Read a stored file once more, as an upload of its own; two clicks make one."""
    try:
        with open_scope(request):
            newer = read_again(
                provider_id=request.provider.id,
                upload_id=upload_id,
                user_id=request.user.pk,
                now=now(),
            )
    except UnknownUploadError as error:
        raise Http404 from error
    except UploadNotReadableError as error:
        messages.error(request, _(error.message))
        return redirect("provider-upload", upload_id=upload_id)
    _ring(request, newer)
    return redirect("provider-upload", upload_id=newer)


@require_safe
@provider_member(*ProviderRole)
def sample_download(request: ProviderRequest, sample: str) -> HttpResponse:
    """Send a sample file of a format."""
    if sample not in UploadFormat.values:
        raise Http404
    upload_format = UploadFormat(sample)
    name, text = sample_file(upload_format, now())
    response = HttpResponse(
        text, content_type=_SAMPLE_TYPES.get(upload_format, "text/csv; charset=utf-8")
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _form(
    request: ProviderRequest, form: UploadForm, status: int, first: UploadView | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "formats": FORMATS,
        "first": first,
        "zone": request.provider.time_zone,
    }
    return render(request, "portal/new_upload.html", context, status=status)


def _ring(request: ProviderRequest, upload_id: int) -> None:
    """Hand a file to the workers, now that it is noted for good; a lost message costs a minute."""
    kwargs = {"provider_id": request.provider.id, "upload_id": upload_id}
    try:
        read_uploaded_file.apply_async(kwargs=kwargs, retry=False)
    except OperationalError:
        messages.info(request, _("The file is stored; its reading begins within a minute."))
