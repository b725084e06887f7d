"""The base of every error that a person or an API client may be shown, and the few that belong to no app."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext, gettext_noop


class DomainError(Exception):
    """A request that the rules refuse, in words for the one who asked.

    Each reason is a class of its own that sets `code`, `message` and `http_status`; a call may be more exact.

    Attributes:
        code: a stable word for machines, in snake_case.
        message: one sentence for people, without internals.
        http_status: the answer's status when the error reaches the edge (400 to 499, or 503).
        retry_after_s: seconds after which a retry makes sense, or None.
    """

    code: str = "refused"
    message: str = gettext_noop("This is not possible.")
    http_status: ClassVar[int] = 400
    retry_after_s: int | None = None

    def __init__(
        self,
        code: str | None = None,
        message: str | None = None,
        *,
        retry_after_s: int | None = None,
    ) -> None:
        self.code = code or type(self).code
        self.message = message or gettext(type(self).message)
        self.retry_after_s = (
            retry_after_s if retry_after_s is not None else type(self).retry_after_s
        )
        super().__init__(self.message)

    def __reduce__(self) -> tuple[object, ...]:
        # Celery pickles and copies errors; Exception's own way would pass the message as the code.
        return (_rebuild, (type(self), self.code, self.message, self.retry_after_s))


def _rebuild(
    kind: type[DomainError], code: str, message: str, retry_after_s: int | None
) -> DomainError:
    error = kind.__new__(kind)
    DomainError.__init__(error, code, message, retry_after_s=retry_after_s)
    return error


class NotFoundError(DomainError):
    """The thing does not exist, or not for the one who asks."""

    code = "not_found"
    message = gettext_noop("This does not exist.")
    http_status = 404


class CurrencyMismatchError(DomainError):
    """Amounts of two currencies met where one was expected."""

    code = "currency_mismatch"
    message = gettext_noop("Amounts in different currencies cannot be combined.")
    http_status = 422


class UnknownCurrencyError(DomainError):
    """A code that ISO 4217 does not list as active money."""

    code = "unknown_currency"
    message = gettext_noop("This currency is not known.")
    http_status = 422


class InvalidAmountError(DomainError):
    """No amount of money: not finite, out of range, or finer than the currency's minor unit."""

    code = "invalid_amount"
    message = gettext_noop("This is not a valid amount.")
    http_status = 422


class TransactionRequiredError(RuntimeError):
    """Code that is only right inside a database transaction ran outside of one: a mistake in the program."""
