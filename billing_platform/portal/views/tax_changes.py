"""What both portals do to a customer's tax data, with the words that say what came of it. Called by their views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError, NotFoundError
from tax.selectors.profiles import certificate_file
from tax.services.exemptions import ask_exemption
from tax.services.numbers import add_number, ask_again, remove_number
from tax.services.profiles import save_tax_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest

    from billing_platform.portal.address_forms import AddressForm
    from billing_platform.portal.tax_forms import ExemptionForm, NumberForm
    from tenants.types import TenantView


def saved_address(request: HttpRequest, tenant: TenantView, form: AddressForm) -> bool:
    """Save name and address."""
    return tried(
        request,
        form,
        lambda: save_tax_address(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            legal_name=form.cleaned_data["legal_name"],
            street=form.street_lines(),
            address=form.address(),
            now=now(),
        ),
        _("The tax details are saved."),
    )


def added_number(request: HttpRequest, tenant: TenantView, form: NumberForm) -> bool:
    """Store a number and have it checked."""
    return tried(
        request,
        form,
        lambda: add_number(**_of(tenant), **form.cleaned_data, now=now()),
        _("The number is saved, and its register is asked where it can be."),
    )


def asked_exemption(request: HttpRequest, tenant: TenantView, form: ExemptionForm) -> bool:
    """Store a certificate."""
    return tried(
        request,
        form,
        lambda: _ask(tenant, form),
        _("The certificate is here. It counts once it has been accepted."),
    )


def change_number(request: HttpRequest, tenant: TenantView, verb: str) -> None:
    """Remove the number that the body names, or have it checked again.

    Raises:
        Http404: the customer has no such number.
    """
    work = remove_number if verb == "remove" else ask_again
    words = _("The number is removed.") if verb == "remove" else _("Its register is being asked.")
    do(
        request,
        lambda: work(**_of(tenant), public_id=request.POST.get("number", ""), now=now()),
        words,
    )


def certificate(tenant: TenantView, exemption: str) -> HttpResponse:
    """Send the file of an exemption, always as a download.

    Raises:
        Http404: the customer has no such exemption.
    """
    try:
        file = certificate_file(tenant.provider_id, tenant.id, exemption)
    except NotFoundError as error:
        raise Http404 from error
    response = HttpResponse(file.content, content_type=file.kind or "application/octet-stream")
    name = "".join(sign if sign.isprintable() else "_" for sign in file.name)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def tried(request: HttpRequest, form: forms.Form, work: Callable[[], object], words: str) -> bool:
    """Do what a valid form asks for; a refusal stands on the form.

    Returns:
        Whether it was done.
    """
    if not form.is_valid():
        return False
    try:
        work()
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    messages.success(request, words)
    return True


def do(request: HttpRequest, work: Callable[[], object], words: str) -> None:
    """Do what a button asks for, and say what came of it.

    Raises:
        Http404: what it names is not there.
    """
    try:
        work()
    except NotFoundError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, words)


def _of(tenant: TenantView) -> dict[str, Any]:
    return {"provider_id": tenant.provider_id, "tenant_id": tenant.id}


def _ask(tenant: TenantView, form: ExemptionForm) -> None:
    clean = form.cleaned_data
    ask_exemption(
        **_of(tenant),
        country=clean["country"],
        region=clean["region"].strip().upper(),
        certificate=clean["certificate"],
        begins=clean["begins"],
        ends=clean["ends"],
        file_name=clean["file"].name or "",
        content=clean["file"].read(),
        now=now(),
    )
