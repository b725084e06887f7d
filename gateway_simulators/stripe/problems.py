"""Stripe's error bodies and its strict reading of parameters; the account's operations raise and call them."""

from __future__ import annotations

from typing import Any


class Problem(Exception):
    """An answer that is an error, as Stripe words it."""

    def __init__(
        self, status: int, message: str, kind: str = "invalid_request_error", **fields: Any
    ) -> None:
        self.status = status
        self.body = {"error": {"type": kind, "message": message, **fields}}
        super().__init__(message)


def check(form: dict[str, str], *, required: tuple[str, ...], optional: tuple[str, ...]) -> None:
    """Refuse unknown and missing parameters; names before a bracket count, metadata holds anything."""
    for name in form:
        if name.partition("[")[0] not in {*required, *optional}:
            raise Problem(
                400, f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )
    for name in required:
        if not form.get(name):
            raise Problem(
                400, f"Missing required param: {name}.", code="parameter_missing", param=name
            )


def positive(form: dict[str, str], name: str) -> int:
    """Read a whole number of one or more."""
    if not form[name].isdecimal():
        raise Problem(
            400, f"Invalid integer: {form[name]}", code="parameter_invalid_integer", param=name
        )
    if int(form[name]) < 1:
        raise Problem(
            400,
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=name,
        )
    return int(form[name])


def missing(noun: str, name: str) -> Problem:
    """Return the answer for an object that is not in this account."""
    return Problem(404, f"No such {noun}: '{name}'", code="resource_missing", param="id")


def metadata(form: dict[str, str]) -> dict[str, str]:
    """Read `metadata[name]` parameters."""
    return {k[9:-1]: v for k, v in form.items() if k.startswith("metadata[")}
