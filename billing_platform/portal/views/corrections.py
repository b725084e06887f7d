"""Staff credits an invoice or writes it off: asked, shown what will happen, confirmed, and above the limit by two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.correction_forms import CreditNoteForm, WriteOffForm
from invoicing.enums import CorrectionKind, CorrectionState
from invoicing.errors import DocumentNotFound
from invoicing.errors_corrections import CorrectionChanged
from invoicing.selectors.documents import whole_document
from invoicing.services.correction_previews import credit_rooms, preview_correction
from invoicing.services.corrections import (
    Wanted,
    approve_correction,
    correct_invoice,
    decline_correction,
    take_write_off_back,
)
from tenants.access import provider_member
from tenants.selectors.providers import provider_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from billing_platform.portal.correction_forms import CorrectionForm
    from invoicing.services.correction_previews import CorrectionPreview
    from invoicing.types import DocumentView
    from tenants.access import ProviderRequest


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_POST)
def credit(request: ProviderRequest, document: str) -> HttpResponse:
    """Credit an invoice, whole or in part, once per form that was opened."""
    head = _head(request, document)
    rooms = credit_rooms(provider_id=request.provider.id, document_id=head.id)
    form = CreditNoteForm(request.POST or None, rooms=rooms)
    return _correct(request, head, form, CorrectionKind.CREDIT)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_POST)
def write_off(request: ProviderRequest, document: str) -> HttpResponse:
    """Give up what is open of an invoice, once per form that was opened."""
    head = _head(request, document)
    return _correct(request, head, WriteOffForm(request.POST or None), CorrectionKind.WRITE_OFF)


@require_POST
@provider_member(*MAY_POST)
def approve(request: ProviderRequest, document: str) -> HttpResponse:
    """Make the correction that somebody else asked for."""
    return _decide(request, document, approve_correction, _("Approved and posted."))


@require_POST
@provider_member(*MAY_POST)
def decline(request: ProviderRequest, document: str) -> HttpResponse:
    """Decline a correction, or withdraw one's own."""
    return _decide(request, document, decline_correction, _("Nothing is posted."))


@require_POST
@provider_member(*MAY_POST)
def take_back(request: ProviderRequest, document: str) -> HttpResponse:
    """Owe again what was written off."""
    return _decide(request, document, take_write_off_back, _("The invoice is open again."))


def _head(request: ProviderRequest, document: str) -> DocumentView:
    today = provider_day(request.provider.id, now())
    try:
        return whole_document(request.provider.id, document, today=today).head
    except DocumentNotFound as error:
        raise Http404 from error


def _correct(
    request: ProviderRequest, head: DocumentView, form: CorrectionForm, kind: CorrectionKind
) -> HttpResponse:
    """Show the form, then what will happen, then do it."""
    if form.is_valid() and "confirmed" in request.POST and _make(request, head, form, kind):
        return redirect("provider-document", document=head.public_id)
    preview = _preview(request, head, form, kind) if form.is_valid() else None
    context: dict[str, Any] = {
        "head": head,
        "form": form,
        "preview": preview,
        "is_credit": kind == CorrectionKind.CREDIT,
    }
    status = 422 if form.errors else 200
    return render(request, "portal/correction.html", context, status=status)


def _preview(
    request: ProviderRequest, head: DocumentView, form: CorrectionForm, kind: CorrectionKind
) -> CorrectionPreview | None:
    try:
        return preview_correction(
            provider_id=request.provider.id, document_id=head.id, kind=kind, nets=form.nets()
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return None


def _make(
    request: ProviderRequest, head: DocumentView, form: CorrectionForm, kind: CorrectionKind
) -> bool:
    user_id = int(request.user.pk)
    wanted = Wanted(
        kind=kind,
        amount=Money(form.cleaned_data["seen"] or 0, head.total.currency),
        lowered=Money(form.cleaned_data["seen_open"] or 0, head.total.currency),
        nets=form.nets(),
        reason=form.cleaned_data["reason"],
        key=f"form:{user_id}:{form.cleaned_data['key']}",
        user_id=user_id,
    )
    try:
        state = correct_invoice(
            provider_id=request.provider.id, document_id=head.id, wanted=wanted, now=now()
        )
    except DomainError as error:
        form.add_error(None, error.message)
        if isinstance(error, CorrectionChanged):
            form.renew_key()
        return False
    words = {
        CorrectionState.WAITING: _(
            "It is above what one person may decide and waits for a second one."
        ),
        CorrectionState.MADE: _("The credit note is issued.")
        if kind == CorrectionKind.CREDIT
        else _("The invoice is written off."),
    }
    messages.success(request, words.get(state, _("Somebody has decided before.")))
    return True


def _decide(
    request: ProviderRequest, document: str, decide: Callable[..., None], done: str
) -> HttpResponse:
    head = _head(request, document)
    try:
        decide(
            provider_id=request.provider.id,
            document_id=head.id,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, done)
    return redirect("provider-document", document=document)
