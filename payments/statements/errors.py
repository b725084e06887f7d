"""Why a statement is not taken; each says where the fault is, in words for who sent the file."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError


class StatementRefused(DomainError):
    """The base of the refusals."""

    code = "statement_refused"
    message = gettext_noop("This statement cannot be taken.")
    http_status = 422


class StatementUnreadable(StatementRefused):
    """It is not written in the format, is broken, or holds what no statement holds."""

    code = "statement_unreadable"
    message = gettext_noop("This file is no statement in this format.")


class StatementTooLarge(StatementRefused):
    """More bytes or lines than a statement has."""

    code = "statement_too_large"
    message = gettext_noop("This file is too large for a statement. Ask the bank for shorter ones.")


class BalancesDiffer(StatementRefused):
    """Opening balance and movements do not come to the closing balance: lines are missing."""

    code = "balances_differ"
    message = gettext_noop(
        "The lines of this statement do not lead from its opening balance to its closing balance."
    )


class ForeignAccount(StatementRefused):
    """The statement is of an account that is not the provider's."""

    code = "foreign_account"
    message = gettext_noop("This statement is of another account than yours.")


class StatementKnown(StatementRefused):
    """The same file was imported before."""

    code = "statement_known"
    message = gettext_noop("This file was imported before.")
    http_status = 409
