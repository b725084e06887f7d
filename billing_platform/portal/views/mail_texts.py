"""Texts of mails of documents: owners and billing staff write them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.mail_forms import MAIL_FIELDS, MailTextForm
from billing_platform.portal.pages.documents import MAY_WRITE
from billing_platform.portal.pages.mail_texts import mail_text_page, mail_text_rows
from invoicing.enums import DocumentKind
from invoicing.errors import MailTextRefused
from invoicing.services.mail_placeholders import check_text
from invoicing.services.mail_texts import reset_mail_text, save_mail_text
from invoicing.types import MailTextView
from tenants.access import provider_member

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*MAY_WRITE)
def mail_texts(request: ProviderRequest) -> HttpResponse:
    """Show all texts."""
    rows = mail_text_rows(request.provider.id)
    return render(request, "portal/mail_texts.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@provider_member(*MAY_WRITE)
def mail_text(request: ProviderRequest, kind: str, language: str) -> HttpResponse:
    """Show one text, and change it."""
    _require_known(kind, language)
    if request.method != "POST":
        return _page(request, kind, language)
    form = MailTextForm(request.POST)
    if form.is_valid():
        try:
            save_mail_text(
                provider_id=request.provider.id, kind=kind, language=language, **form.cleaned_data
            )
        except MailTextRefused as error:
            form.add_error(MAIL_FIELDS.get(error.code), error.message)
        else:
            messages.success(request, _("The text is saved. Mails use it from now on."))
            return redirect("provider-mail-text", kind=kind, language=language)
    return _page(request, kind, language, form=form, status=422)


@require_POST
@provider_member(*MAY_WRITE)
def preview(request: ProviderRequest, kind: str, language: str) -> HttpResponse:
    """Show what a text would look like; nothing is stored."""
    _require_known(kind, language)
    form, tried = MailTextForm(request.POST), None
    if form.is_valid():
        try:
            subject, body = check_text(**form.cleaned_data)
        except MailTextRefused as error:
            form.add_error(MAIL_FIELDS.get(error.code), error.message)
        else:
            tried = MailTextView(kind, language, subject, body, is_own=True)
    status = 422 if form.errors else 200
    return _page(request, kind, language, form=form, tried=tried, status=status)


@require_POST
@provider_member(*MAY_WRITE)
def reset(request: ProviderRequest, kind: str, language: str) -> HttpResponse:
    """Return to the text that mails had first."""
    _require_known(kind, language)
    reset_mail_text(provider_id=request.provider.id, kind=kind, language=language)
    messages.success(request, _("Mails use the standard text again."))
    return redirect("provider-mail-text", kind=kind, language=language)


def _require_known(kind: str, language: str) -> None:
    if kind not in DocumentKind.values or language not in dict(settings.LANGUAGES):
        raise Http404


def _page(
    request: ProviderRequest,
    kind: str,
    language: str,
    *,
    form: MailTextForm | None = None,
    tried: MailTextView | None = None,
    status: int = 200,
) -> HttpResponse:
    page = mail_text_page(request.provider, kind, language, now=now(), tried=tried)
    first = {"subject": page.text.subject, "body": page.text.body}
    context = {
        "page": page,
        "form": form or MailTextForm(initial=first),
        "is_tried": tried is not None,
    }
    return render(request, "portal/mail_text.html", context, status=status)
