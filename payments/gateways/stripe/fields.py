"""Reads single fields of Stripe's answers: whatever is missing or of another kind makes the answer one not to trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from billing_platform.kernel.clock import from_epoch
from billing_platform.kernel.errors import DomainError
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.stripe.amounts import from_stripe

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from billing_platform.kernel.money import Money

State = TypeVar("State")


def unreadable(name: str) -> GatewayUnavailable:
    """Return the error for an answer without a usable field.

    Args:
        name: of the field.
    """
    return GatewayUnavailable("unknown_state", f"Stripe's answer has no usable {name}.")


def text(found: Mapping[str, Any], name: str) -> str:
    """Return a text that must be there.

    Raises:
        GatewayUnavailable: missing, empty or no text (`unknown_state`).
    """
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise unreadable(name)
    return value


def words(found: Mapping[str, Any], name: str) -> str:
    """Return a text that may be missing, "" then.

    Raises:
        GatewayUnavailable: no text (`unknown_state`).
    """
    value = found.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise unreadable(name)
    return value


def number(found: Mapping[str, Any], name: str) -> int:
    """Return a whole number that must be there.

    Raises:
        GatewayUnavailable: missing or no whole number (`unknown_state`).
    """
    value = found.get(name)
    # A bool is an int to Python and no number to Stripe.
    if type(value) is not int:
        raise unreadable(name)
    return value


def flag(found: Mapping[str, Any], name: str) -> bool:
    """Return a yes or no that must be there.

    Raises:
        GatewayUnavailable: missing or neither (`unknown_state`).
    """
    value = found.get(name)
    if not isinstance(value, bool):
        raise unreadable(name)
    return value


def inner(found: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """Return an object within the answer, None when there is none or only its id.

    Raises:
        GatewayUnavailable: neither (`unknown_state`).
    """
    value = found.get(name)
    if value is None or isinstance(value, str):
        return None
    if not isinstance(value, dict):
        raise unreadable(name)
    return value


def id_of(found: Mapping[str, Any], name: str) -> str:
    """Return the id of an object within the answer, expanded or not, "" when there is none.

    Raises:
        GatewayUnavailable: neither (`unknown_state`).
    """
    held = inner(found, name)
    return words(found, name) if held is None else text(held, "id")


def moment(found: Mapping[str, Any], name: str) -> datetime:
    """Return a time that must be there, UTC.

    Raises:
        GatewayUnavailable: missing or no time (`unknown_state`).
    """
    try:
        return from_epoch(number(found, name))
    except ValueError as error:
        raise unreadable(name) from error


def money(found: Mapping[str, Any], name: str, *, is_signed: bool = False) -> Money:
    """Return an amount that must be there; below zero only where lines of books are read.

    Raises:
        GatewayUnavailable: missing, no amount, or of a currency that is not on ISO's list (`unknown_state`).
    """
    units = number(found, name)
    if units < 0 and not is_signed:
        raise unreadable(name)
    try:
        return from_stripe(units, text(found, "currency"))
    except (DomainError, GatewayRejected) as error:
        raise unreadable(name) from error


def state(states: Mapping[str, State], found: Mapping[str, Any]) -> State:
    """Return where an object stands.

    Raises:
        GatewayUnavailable: a word that is not in the table (`unknown_state`).
    """
    word = text(found, "status")
    if word not in states:
        raise GatewayUnavailable("unknown_state", f"Stripe says {word[:40]}.")
    return states[word]
