"""Mail a document once more, by the provider's people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.document_mails import MAY_SEND
from invoicing.errors import DocumentNotFound
from invoicing.selectors.documents import whole_document
from invoicing.services.document_mails import send_again
from tenants.access import provider_member

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest

_DIGITS: Final = 4


@require_POST
@provider_member(*MAY_SEND)
def send(request: ProviderRequest, document: str) -> HttpResponse:
    """Mail it to whom its mails go today; a second click finds it done."""
    at, asked = now(), request.POST.get("number", "")
    is_number = asked.isascii() and asked.isdecimal() and len(asked) <= _DIGITS
    try:
        whole = whole_document(request.provider.id, document, today=at.date())
        count = send_again(
            provider_id=request.provider.id,
            document_id=whole.head.id,
            number=int(asked) if is_number else 0,
            user_id=request.user.pk,
            now=at,
        )
    except DocumentNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, _(error.message))
    else:
        if count:
            messages.success(request, _("The document is on its way."))
        else:
            messages.warning(request, _("The document was sent already."))
    return redirect("provider-document", document=document)
