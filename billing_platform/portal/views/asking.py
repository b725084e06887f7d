"""The button that asks a gateway now, on the pages of a payment and of a dispute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.utils.translation import gettext as _

from billing_platform.kernel.errors import DomainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest


def ask_gateway(request: HttpRequest, before: str, question: Callable[[], str]) -> None:
    """Ask, and tell whoever pressed whether anything moved.

    Args:
        request: of the person.
        before: the state that the page showed.
        question: a service that asks and returns the state; no transaction is open.
    """
    try:
        state = question()
    except DomainError as error:
        messages.error(request, error.message)
    else:
        is_new = state != before
        messages.success(
            request, _("It moved on.") if is_new else _("The gateway has nothing new.")
        )
