"""What operators see of payments: everything but the secrets, and nothing can be edited."""

from billing_platform.kernel.read_only_admin import register_read_only
from payments.models import (
    Attempt,
    BankAccount,
    BankCredit,
    BankLine,
    BankStatement,
    Breaker,
    Connection,
    Dispute,
    Method,
    MethodSetup,
    Payer,
    Recharge,
    RechargeRule,
    Refund,
    RefundRequest,
    Topup,
    TopupLimit,
    WebhookEvent,
)

register_read_only(
    (
        Attempt,
        BankAccount,
        BankCredit,
        BankLine,
        BankStatement,
        Breaker,
        Connection,
        Dispute,
        Method,
        MethodSetup,
        Payer,
        Recharge,
        RechargeRule,
        Refund,
        RefundRequest,
        Topup,
        TopupLimit,
        WebhookEvent,
    )
)
