"""What invoicing refuses about bank transfers, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import NotFoundError
from invoicing.errors import InvoicingError


class OrderNotFound(NotFoundError):
    """The provider, or the tenant, has no such order."""

    code = "payment_order_not_found"
    message = gettext_noop("This payment order does not exist.")


class NoBankAccount(InvoicingError):
    """The provider's documents name no account, so nobody could pay."""

    code = "no_bank_account"
    message = gettext_noop("Bank transfer is not set up here. Please choose another way to pay.")


class NotCancellable(InvoicingError):
    """It is paid, in part at least, or was cancelled before."""

    code = "not_cancellable"
    message = gettext_noop("This document cannot be cancelled any more.")
    http_status = 409


class TargetUnknown(InvoicingError):
    """What a person typed names neither a payment order nor a client."""

    code = "unknown_target"
    message = gettext_noop("No payment order and no client has this number or id.")
