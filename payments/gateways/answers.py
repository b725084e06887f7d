"""Read what a gateway answered: what cannot be read is an outage, never a fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from billing_platform.kernel.errors import DomainError
from payments.gateways.errors import GatewayUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

Read = TypeVar("Read")


def read(reader: Callable[..., Read], found: Any, **more: Any) -> Read:
    """Return what a reader makes of an answer.

    Args:
        reader: takes the answer; it may trip over whatever is missing.
        found: the answer.
        more: the reader's further arguments.

    Raises:
        GatewayUnavailable: a field is missing or of another kind (`unknown_state`).
    """
    try:
        return reader(found, **more)
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        DomainError,
    ) as error:
        raise GatewayUnavailable("unknown_state", "The gateway's answer cannot be read.") from error


def text_of(value: Any) -> str:
    """Return what has to be a text that says something.

    Args:
        value: a field of an answer.

    Raises:
        ValueError: it is none; `read` makes an outage of it.
    """
    if not isinstance(value, str) or not value:
        raise ValueError("no text")
    return value
