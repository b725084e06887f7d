"""Stay signed in: the answer to the warning before a login ends by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import JsonResponse
from django.views.decorators.http import require_POST

from tenants.access import any_member
from tenants.session_end import extend_session

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import MemberRequest


@require_POST
@any_member
def stay(request: MemberRequest) -> HttpResponse:
    """Let the login end later, and say in how many seconds."""
    return JsonResponse({"seconds": extend_session(request)})
