"""What the ledger refuses, one class per reason."""

from __future__ import annotations

from billing_platform.kernel.errors import DomainError, NotFoundError


class AccountsError(DomainError):
    """The base of the ledger's refusals."""

    code = "ledger_refused"
    message = "The ledger refuses this."
    http_status = 422


class IdempotencyConflict(AccountsError):
    """The key was used before for something else."""

    code = "idempotency_conflict"
    message = "This key was already used for a different posting."
    http_status = 409


class InsufficientFunds(AccountsError):
    """The available credit does not cover the amount."""

    code = "insufficient_funds"
    message = "The available credit is not enough."
    http_status = 409


class UnbalancedPosting(AccountsError):
    """The lines do not sum to zero, or there are none."""

    code = "unbalanced_posting"
    message = "The lines of a posting must sum to zero."


class InvalidPostingAmount(AccountsError):
    """An amount is zero, of the wrong sign, or out of range."""

    code = "invalid_amount"
    message = "This amount cannot be posted."


class InvalidKey(AccountsError):
    """The idempotency key is empty or longer than 200 characters."""

    code = "invalid_key"
    message = "A key has 1 to 200 characters."


class BalanceOutOfRange(AccountsError):
    """The balance would leave the range that the ledger can hold, 10^18 minor units either way."""

    code = "balance_out_of_range"
    message = "This would take the balance out of its range."


class AlreadyReversed(AccountsError):
    """The posting was reversed before, or is itself a reversal."""

    code = "already_reversed"
    message = "This posting has already been reversed."
    http_status = 409


class PostingNotFound(NotFoundError):
    """The provider has no such posting."""

    code = "posting_not_found"
    message = "This posting does not exist."


class WalletNotFound(NotFoundError):
    """The tenant has no wallet in this currency."""

    code = "wallet_not_found"
    message = "There is no wallet in this currency."


class PeriodNotFound(NotFoundError):
    """The provider has no such billing period."""

    code = "period_not_found"
    message = "This billing period does not exist."


class SealTooEarly(AccountsError):
    """A day is sealed once it is over, in order, and only once."""

    code = "seal_too_early"
    message = "This day cannot be sealed now."
    http_status = 409
