"""What the ledger refuses, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError, NotFoundError


class AccountsError(DomainError):
    """The base of the ledger's refusals."""

    code = "ledger_refused"
    message = gettext_noop("The ledger refuses this.")
    http_status = 422


class IdempotencyConflict(AccountsError):
    """The key was used before for something else."""

    code = "idempotency_conflict"
    message = gettext_noop("This key was already used for a different posting.")
    http_status = 409


class InsufficientFunds(AccountsError):
    """The available credit does not cover the amount."""

    code = "insufficient_funds"
    message = gettext_noop("The available credit is not enough.")
    http_status = 409


class UnbalancedPosting(AccountsError):
    """The lines do not sum to zero, or there are none."""

    code = "unbalanced_posting"
    message = gettext_noop("The lines of a posting must sum to zero.")


class InvalidPostingAmount(AccountsError):
    """An amount is zero, of the wrong sign, or out of range."""

    code = "invalid_amount"
    message = gettext_noop("This amount cannot be posted.")


class InvalidKey(AccountsError):
    """The idempotency key is empty or longer than 200 characters."""

    code = "invalid_key"
    message = gettext_noop("A key has 1 to 200 characters.")


class BalanceOutOfRange(AccountsError):
    """The balance would leave the range that the ledger can hold, 10^18 minor units either way."""

    code = "balance_out_of_range"
    message = gettext_noop("This would take the balance out of its range.")


class AlreadyReversed(AccountsError):
    """The posting was reversed before, or is itself a reversal."""

    code = "already_reversed"
    message = gettext_noop("This posting has already been reversed.")
    http_status = 409


class PostingNotFound(NotFoundError):
    """The provider has no such posting."""

    code = "posting_not_found"
    message = gettext_noop("This posting does not exist.")


class WalletNotFound(NotFoundError):
    """The tenant has no wallet in this currency."""

    code = "wallet_not_found"
    message = gettext_noop("There is no wallet in this currency.")


class PeriodNotFound(NotFoundError):
    """The provider has no such billing period."""

    code = "period_not_found"
    message = gettext_noop("This billing period does not exist.")


class SealTooEarly(AccountsError):
    """A day is sealed once it is over, in order, and only once."""

    code = "seal_too_early"
    message = gettext_noop("This day cannot be sealed now.")
    http_status = 409


class UnknownApprovalError(AccountsError):
    """No such request of this provider."""

    code = "unknown_approval"
    message = gettext_noop("There is no such request.")
    http_status = 404


class ApprovalDecidedError(AccountsError):
    """Somebody decided before."""

    code = "approval_decided"
    message = gettext_noop("This was decided before.")
    http_status = 409


class SamePersonError(AccountsError):
    """Who asked for a posting cannot approve it."""

    code = "same_person"
    message = gettext_noop("Somebody else has to approve what you asked for.")
    http_status = 403
