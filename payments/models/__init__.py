"""Tables of payments; imported by this app's own modules only."""

from payments.models.attempt import Attempt
from payments.models.auto_pay import AutoPay
from payments.models.bank_account import BankAccount
from payments.models.bank_credit import BankCredit
from payments.models.bank_match_request import BankMatchRequest
from payments.models.bank_return import BankReturn
from payments.models.bank_statement import BankLine, BankStatement
from payments.models.connection import Connection
from payments.models.credential import Credential
from payments.models.dispute import Dispute
from payments.models.history import (
    AutoPayEvent,
    BankAccountEvent,
    ConnectionEvent,
    CredentialEvent,
    MethodEvent,
    RechargeRuleEvent,
    TopupLimitEvent,
)
from payments.models.method import Method, MethodSetup
from payments.models.payer import Payer
from payments.models.recharge import Breaker, Recharge, RechargeRule
from payments.models.refund import Refund
from payments.models.refund_request import RefundRequest
from payments.models.topup import Topup
from payments.models.topup_limit import TopupLimit
from payments.models.webhook_event import WebhookEvent

__all__ = [
    "Attempt",
    "AutoPay",
    "AutoPayEvent",
    "BankAccount",
    "BankAccountEvent",
    "BankCredit",
    "BankLine",
    "BankMatchRequest",
    "BankReturn",
    "BankStatement",
    "Breaker",
    "Connection",
    "ConnectionEvent",
    "Credential",
    "CredentialEvent",
    "Dispute",
    "Method",
    "MethodEvent",
    "MethodSetup",
    "Payer",
    "Recharge",
    "RechargeRule",
    "RechargeRuleEvent",
    "Refund",
    "RefundRequest",
    "Topup",
    "TopupLimit",
    "TopupLimitEvent",
    "WebhookEvent",
]
