"""A statement with lines that wait, under names that pages can be asked for by."""

from __future__ import annotations

from datetime import date

from billing_platform.kernel.clock import now
from payments.enums_bank import LineReason, LineState
from payments.models import BankAccount, BankLine, BankStatement
from payments.services.bank_lines import leave_line


def make_bank_line(provider_id: int) -> None:
    """Write a statement `stm_seen` with a line `bkl_seen` and a likely copy of it; the provider's scope is open."""
    account = BankAccount.objects.create(
        provider_id=provider_id, iban="DE89370400440532013000", created_at=now()
    )
    statement = BankStatement.objects.create(
        public_id="stm_seen",
        provider_id=provider_id,
        account_id=account.pk,
        name="november.xml",
        format="camt053",
        digest="a" * 64,
        size=1,
        currency="EUR",
        opening_minor=0,
        closing_minor=5000,
        first_day=date(2026, 11, 20),
        last_day=date(2026, 11, 20),
        lines=2,
        known=0,
        unbooked=0,
        imported_at=now(),
    )
    seen = _line(statement, 1, "bkl_seen", equal_to=None)
    copy = _line(statement, 2, "bkl_copy", equal_to=seen.pk)
    for line, reason in ((seen, LineReason.MISSING), (copy, LineReason.DUPLICATE)):
        leave_line(
            provider_id=provider_id,
            line_id=line.pk,
            state=LineState.OPEN,
            reason=reason,
            now=now(),
        )


def _line(
    statement: BankStatement, number: int, public_id: str, *, equal_to: int | None
) -> BankLine:
    return BankLine.objects.create(
        public_id=public_id,
        provider_id=statement.provider_id,
        account_id=statement.account_id,
        statement_id=statement.pk,
        number=number,
        key=f"seen:{number}",
        booked_on=date(2026, 11, 20),
        amount_minor=2500,
        currency="EUR",
        text="For your services",
        party_name="Eve",
        party_iban="DE02120300000000202051",
        equal_line_id=equal_to,
        state_at=now(),
    )
