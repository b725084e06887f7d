"""A provider's bank statements: import, progress and result, and how its bank writes CSV."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from billing_platform.kernel.clock import now
from billing_platform.portal.bank_forms import ShownForm, StatementForm
from billing_platform.portal.bank_profile_form import ProfileForm
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.packed import digest_of, packed
from billing_platform.portal.pages.address import address_query, row_number
from billing_platform.portal.pages.bank import line_rows
from billing_platform.portal.pages.bank_statements import statement_page, statements_page
from billing_platform.portal.upload_limit import has_too_large_file
from invoicing.services.statement_preview import preview_statement
from invoicing.tasks import match_provider_lines
from payments.enums_bank import StatementFormat
from payments.errors_bank import StatementNotFound
from payments.selectors.bank_accounts import known_ibans, profile_of
from payments.services.bank_accounts import chosen_iban, save_profile
from payments.services.bank_import import StatementFile, import_statement
from payments.statements.csv_profile import CsvProfile
from payments.statements.errors import StatementRefused, StatementTooLarge
from payments.statements.reading import read_statements
from payments.statements.values import BYTES_MAX
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from payments.statements.values import StatementLine
    from tenants.access import ProviderRequest

_PREVIEW_LINES: Final = 20


@require_safe
@provider_member(*ProviderRole)
def statements(request: ProviderRequest) -> HttpResponse:
    """Show a page of imported statements."""
    page = statements_page(request.provider, before=row_number(request.GET.get("before", "")))
    may_post = request.membership.role in MAY_POST
    return render(request, "portal/statements.html", {"page": page, "may_post": may_post})


@require_safe
@provider_member(*ProviderRole)
def statement(request: ProviderRequest, statement: str) -> HttpResponse:
    """Show one statement; while its lines are matched, the page asks for itself again."""
    try:
        page = statement_page(request.provider, statement)
    except StatementNotFound as error:
        raise Http404 from error
    return render(request, "portal/statement.html", {"page": page})


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_POST)
@without_transaction
def new_statement(request: ProviderRequest) -> HttpResponse:
    """Import a statement; its lines are matched by a worker."""
    with open_scope(request):
        ibans = known_ibans(request.provider.id)
    if request.method == "GET":
        return _form(request, StatementForm(ibans=ibans, initial={"format": "camt053"}), 200)
    form = StatementForm(
        request.POST, request.FILES, ibans=ibans, is_too_large=has_too_large_file(request)
    )
    if not form.is_valid():
        return _form(request, form, 422)
    sent = form.cleaned_data["file"]
    file = StatementFile(
        name=sent.name or "",
        data=sent.read(BYTES_MAX + 1),
        format=form.cleaned_data["format"],
        account=form.cleaned_data.get("account") or "",
    )
    try:
        if file.format == StatementFormat.CSV:
            return _preview(request, file)
        return _import(request, file)
    except StatementRefused as error:
        form.add_error("file", error.message)
        return _form(request, form, error.http_status)


@require_POST
@provider_member(*MAY_POST)
@without_transaction
def import_shown(request: ProviderRequest) -> HttpResponse:
    """Import the very file that was shown."""
    shown = ShownForm(request.POST)
    words, status = "", 422
    if shown.is_valid():
        said = shown.cleaned_data
        try:
            return _import(
                request,
                StatementFile(
                    name=said["name"],
                    data=said["data"],
                    format=StatementFormat.CSV,
                    account=said["account"],
                ),
            )
        except StatementRefused as error:
            words, status = error.message, error.http_status
    with open_scope(request):
        ibans = known_ibans(request.provider.id)
    form = StatementForm({"format": StatementFormat.CSV}, ibans=ibans)
    form.errors["file"] = form.error_class(
        [words or _("This is not the file that was shown. Choose it again.")]
    )
    return _form(request, form, status)


def _preview(request: ProviderRequest, file: StatementFile) -> HttpResponse:
    """Show what a CSV would bring and where its first lines would go; nothing is kept but in the page."""
    kept = packed(file.data)
    if not kept:
        raise StatementTooLarge
    preview = preview_statement(
        provider_id=request.provider.id,
        file=file,
        limit=_PREVIEW_LINES,
        show=partial(line_rows, request.provider.id),
        now=now(),
    )
    first = {
        "name": file.name,
        "account": file.account,
        "digest": digest_of(file.data),
        "packed": kept,
    }
    context = {"preview": preview, "form": ShownForm(initial=first), "name": file.name}
    return render(request, "portal/statement_preview.html", context)


def _import(request: ProviderRequest, file: StatementFile) -> HttpResponse:
    done = import_statement(
        provider_id=request.provider.id, file=file, user_id=int(request.user.pk), now=now()
    )
    _ring(request)
    if len(done) > 1:
        return redirect("provider-statements")
    return redirect("provider-statement", statement=done[0].public_id)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_POST)
@without_transaction
def csv_profile(request: ProviderRequest) -> HttpResponse:
    """Ask how the bank of an account writes CSV, and show what a file would be read as; nothing is kept."""
    ibans, iban, stored = _stored(request)
    if request.method == "GET":
        first = (stored or CsvProfile()).as_json()
        return _profile(request, ibans, iban, ProfileForm(initial=first))
    form = ProfileForm(request.POST, request.FILES)
    found: list[StatementLine] = []
    if form.is_valid():
        try:
            form.profile().check()
            found = _tried(form, iban)
        except StatementRefused as error:
            form.add_error(None, error.message)
    return _profile(request, ibans, iban, form, found)


@require_POST
@provider_member(*MAY_POST)
@without_transaction
def save_csv_profile(request: ProviderRequest) -> HttpResponse:
    """Keep how the bank writes CSV."""
    form = ProfileForm(request.POST)
    ibans, iban, _kept = _stored(request)
    if form.is_valid():
        try:
            save_profile(
                provider_id=request.provider.id,
                profile=form.profile(),
                number=iban,
                now=now(),
            )
        except StatementRefused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved. Statements in CSV are read so from now on."))
            return redirect(reverse("provider-bank-profile") + address_query({"own": iban}))
    return _profile(request, ibans, iban, form)


def _stored(request: ProviderRequest) -> tuple[list[str], str, CsvProfile | None]:
    """Return the accounts, the one that is asked for or the first, and how its bank writes."""
    wanted = request.POST.get("own") or request.GET.get("own", "")
    with open_scope(request):
        ibans = known_ibans(request.provider.id)
        if not ibans:
            return [], "", None
        try:
            iban = chosen_iban(ibans, wanted)
        except StatementRefused as error:
            raise Http404 from error
        return ibans, iban, profile_of(request.provider.id, iban)


def _tried(form: ProfileForm, iban: str) -> list[StatementLine]:
    file = form.cleaned_data["file"]
    data = file.read(BYTES_MAX + 1) if file else b""
    if not data:
        form.add_error("file", _("Choose a file first."))
        return []
    read = read_statements(data, "csv", profile=form.profile(), account=iban)
    return list(read[0].lines[:_PREVIEW_LINES])


def _profile(
    request: ProviderRequest,
    ibans: list[str],
    iban: str,
    form: ProfileForm,
    found: list[StatementLine] | None = None,
) -> HttpResponse:
    context = {"form": form, "found": found or [], "ibans": ibans, "iban": iban}
    status = 422 if form.errors else 200
    return render(request, "portal/bank_profile.html", context, status=status)


def _form(request: ProviderRequest, form: StatementForm, status: int) -> HttpResponse:
    return render(request, "portal/new_statement.html", {"form": form}, status=status)


def _ring(request: ProviderRequest) -> None:
    """Hand the lines to the workers, now that they are stored; a lost message costs a minute."""
    try:
        match_provider_lines.apply_async(kwargs={"provider_id": request.provider.id}, retry=False)
    except OperationalError:
        messages.info(request, _("The statement is stored; its lines are matched within a minute."))
