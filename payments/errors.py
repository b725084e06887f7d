"""What payments refuse, one class per reason."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from billing_platform.kernel.errors import DomainError, NotFoundError


class PaymentsError(DomainError):
    """The base of the refusals."""

    code = "payment_refused"
    message = gettext_noop("This payment is not possible.")
    http_status = 422


class ConnectionNotFound(NotFoundError):
    """The provider has no such gateway connection, or it takes no payments."""

    code = "connection_not_found"
    message = gettext_noop("This way to pay does not exist.")


class PaymentNotFound(NotFoundError):
    """The provider has no such payment, or the tenant has not."""

    code = "payment_not_found"
    message = gettext_noop("This payment does not exist.")


class EventNotFound(NotFoundError):
    """The provider has no such event of a gateway."""

    code = "event_not_found"
    message = gettext_noop("This event does not exist.")


class UnknownGateway(PaymentsError):
    """No gateway of this code is installed."""

    code = "unknown_gateway"
    message = gettext_noop("This gateway is not installed.")


class InvalidCredentials(PaymentsError):
    """A credential has the wrong shape, is missing, or belongs to another account."""

    code = "invalid_credentials"
    message = gettext_noop("These credentials cannot be right.")


class WrongAccount(InvalidCredentials):
    """New credentials belong to another account than the connection's payments."""

    code = "wrong_account"
    message = gettext_noop(
        "These credentials belong to another account. Make a new connection for it."
    )


class WrongMode(InvalidCredentials):
    """Live credentials where simulators run, or live ones for a connection of test money, or the reverse."""

    code = "wrong_mode"
    message = gettext_noop("Live and test credentials cannot be mixed here.")


class AmountRefused(PaymentsError):
    """Nothing, less than nothing, or out of range."""

    code = "invalid_amount"
    message = gettext_noop("Pay more than nothing.")


class CurrencyRefused(PaymentsError):
    """The gateway does not take this currency."""

    code = "currency_refused"
    message = gettext_noop("This way to pay does not take this currency.")


class FormReused(PaymentsError):
    """A form was sent again with other values."""

    code = "form_reused"
    message = gettext_noop("This form was sent before with other values. Open it anew.")
    http_status = 409


class NotRefundable(PaymentsError):
    """The payment has not succeeded, so there is nothing to give back."""

    code = "not_refundable"
    message = gettext_noop("Nothing of this payment can be given back.")
    http_status = 409


class RefundTooLarge(PaymentsError):
    """More than was paid, less what was given back or is on its way."""

    code = "refund_too_large"
    message = gettext_noop(
        "That is more than what is left of this payment after the refunds so far."
    )


class RefundNotCovered(PaymentsError):
    """The customer has used the money, or it is bonus credit, which is never paid out."""

    code = "refund_not_covered"
    message = gettext_noop(
        "The client's available balance without bonus credit does not cover this refund."
    )


class RefundNeedsSecond(PaymentsError):
    """Above the limit of what one person may decide."""

    code = "refund_above_limit"
    message = gettext_noop("This is above what one person may post (setting approval.limit_minor).")


class RequestNotFound(NotFoundError):
    """The provider, or the tenant, has no such request for a refund."""

    code = "refund_request_not_found"
    message = gettext_noop("This refund request does not exist.")


class RequestIsOpen(PaymentsError):
    """A payment has one open request at a time."""

    code = "refund_request_open"
    message = gettext_noop("A refund of this payment is asked for already.")
    http_status = 409


class RequestDecided(PaymentsError):
    """Somebody decided before, or it was withdrawn."""

    code = "refund_request_decided"
    message = gettext_noop("This refund request was decided before.")
    http_status = 409


class AskingIsOff(PaymentsError):
    """The provider takes no requests for refunds on its pages."""

    code = "refund_requests_off"
    message = gettext_noop("Refunds cannot be asked for here.")
    http_status = 403


class TooLateToAsk(PaymentsError):
    """The payment is older than the provider's window."""

    code = "refund_window_over"
    message = gettext_noop("The time in which a refund of this payment can be asked for is over.")
    http_status = 409


class ReasonMissing(PaymentsError):
    """Who is refused reads why."""

    code = "reason_missing"
    message = gettext_noop("Give a reason; the client reads it.")


class NoWayToRefund(PaymentsError):
    """The gateway cannot give this payment back; the message says why."""

    code = "no_way_back"
    message = gettext_noop("This payment can only be given back to the balance.")
    http_status = 409


class NotQuarantined(PaymentsError):
    """There is nothing to accept: the payment is credited, or cannot be."""

    code = "not_quarantined"
    message = gettext_noop("There is nothing to accept here.")
    http_status = 409


class ReceivedChanged(PaymentsError):
    """The gateway has another amount by now than the page showed."""

    code = "received_changed"
    message = gettext_noop("The gateway has another amount by now. Look again.")
    http_status = 409


class NoSealingKey(PaymentsError):
    """The installation has no key that seals, or opens, this secret."""

    code = "no_sealing_key"
    message = gettext_noop(
        "This installation cannot keep secrets: its operators have to set GATEWAY_KEYS."
    )
    http_status = 503


class ConnectionExists(PaymentsError):
    """The provider has a connection to this account already."""

    code = "connection_exists"
    message = gettext_noop("This account is connected already.")
    http_status = 409


class WebhookRejected(PaymentsError):
    """A delivery that is not ours: too big, unsigned, forged, stale, of another account, or no event.

    Attributes:
        connection_id, reason: at whose address it came, and why it is refused, in words of ours, for the log.
    """

    code = "webhook_rejected"
    message = gettext_noop("This delivery is refused.")
    http_status = 400
    connection_id = 0
    reason = ""


class MethodNotFound(NotFoundError):
    """The tenant has no such saved method, or no such setup of one."""

    code = "method_not_found"
    message = gettext_noop("This payment method does not exist.")


class MethodsNotSaved(PaymentsError):
    """The gateway keeps no methods."""

    code = "methods_not_saved"
    message = gettext_noop("This gateway saves no payment methods.")


class MethodNotActive(PaymentsError):
    """A method that the gateway does not keep any more cannot be the default one."""

    code = "method_not_active"
    message = gettext_noop("The gateway does not keep this payment method any more.")
    http_status = 409


class DisputeNotFound(NotFoundError):
    """The provider has no such dispute."""

    code = "dispute_not_found"
    message = gettext_noop("This dispute does not exist.")


class NothingToDecide(PaymentsError):
    """The dispute's money has been taken, has not left, or another amount has left than the page showed."""

    code = "nothing_to_decide"
    message = gettext_noop("There is nothing to decide on here by now. Look again.")
    http_status = 409


class StillDisputed(PaymentsError):
    """A method is released when no payment by it is disputed or lost any more."""

    code = "still_disputed"
    message = gettext_noop("A payment by this method is still disputed, or its dispute was lost.")
    http_status = 409


class MethodFrozen(PaymentsError):
    """A method whose payment is disputed is not charged, and is no default."""

    code = "method_frozen"
    message = gettext_noop("A payment by this method is disputed. Please use another one.")
    http_status = 409


class MethodInUse(PaymentsError):
    """A method is not deleted while money by it is on its way."""

    code = "method_in_use"
    message = gettext_noop("Money by this method is on its way. Delete it once that is decided.")
    http_status = 409


class DefaultMethod(PaymentsError):
    """The default method is deleted only by who was told that it is the default one."""

    code = "default_method"
    message = gettext_noop("This is the default payment method by now. Look again.")
    http_status = 409


class NoDefaultMethod(PaymentsError):
    """Auto-pay charges the default method, and there is none."""

    code = "no_default_method"
    message = gettext_noop("Auto-pay needs a default payment method. Set one up first.")
