"""A document's registration with India's portal: entered by owners and billing staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.registration_forms import RegistrationAnswerForm
from invoicing.errors import DocumentNotFound
from invoicing.selectors.documents import whole_document
from invoicing.services.registering import register_document
from tenants.access import provider_member
from tenants.selectors.providers import provider_day

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_POST)
def register(request: ProviderRequest, document: str) -> HttpResponse:
    """Note how the portal registered a document."""
    provider_id, moment = request.provider.id, now()
    try:
        whole = whole_document(provider_id, document, today=provider_day(provider_id, moment))
    except DocumentNotFound as error:
        raise Http404 from error
    form = RegistrationAnswerForm(request.POST or None)
    if form.is_valid():
        try:
            register_document(
                provider_id=provider_id,
                document_id=whole.head.id,
                registration=form.cleaned_data["answer"],
                user_id=int(request.user.pk),
                now=moment,
            )
        except DomainError as error:
            form.add_error("answer", error.message)
        else:
            messages.success(request, _("The registration is saved. The PDF is being made."))
            return redirect("provider-document", document=document)
    context = {"form": form, "whole": whole}
    status = 422 if form.errors else 200
    return render(request, "portal/document_registration.html", context, status=status)
