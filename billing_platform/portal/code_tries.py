"""How often a client's people may try promotion codes, on whichever page they type them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.clock import now
from billing_platform.kernel.rate_limits import may_try

if TYPE_CHECKING:
    from django.forms import Form

    from tenants.access import TenantRequest

# A person mistypes a few times; who guesses codes needs millions of tries.
_MOST: Final = 20
_PER_S: Final = 60


def may_ask_code(request: TenantRequest, form: Form) -> bool:
    """Count a code that is tried; too many in a minute are told so on the form.

    Args:
        request: of a client's person; all of the client are counted together, on all pages.
        form: validated, with the field `code`; an empty one is no try.
    """
    if not form.cleaned_data.get("code"):
        return True
    is_within = may_try(
        what="promotion-code",
        who=f"{request.provider.id}:{request.tenant.id}",
        most=_MOST,
        per_s=_PER_S,
        now=now(),
    )
    if not is_within:
        form.add_error("code", _("Too many codes were tried. Please wait a minute."))
    return is_within
