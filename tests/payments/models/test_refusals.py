"""What the database refuses of payments, by raw SQL, whoever writes."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from billing_platform.kernel.money import Money
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope, tenant_scope
from payments.enums import (
    CREDITED,
    DISPUTE_MOVES,
    MOVES,
    REFUND_MOVES,
    AttemptState,
    DisputeState,
    RefundState,
)
from payments.models import Attempt, Connection, Credential, Dispute, Refund, WebhookEvent
from payments.services.payment_credits import credit_payment
from tests.cast import NOW, Cast
from tests.factories.payments import (
    make_attempt,
    make_connection,
    make_dispute,
    make_refund,
)
from tests.roles import as_role

CREDIT = (
    "UPDATE payments_attempt SET state = 'succeeded', external_id = 'pi_1', received_minor = %s,"
    " received_currency = 'USD', settled_at = created_at, posting_id = %s WHERE id = %s"
)


def refuses(sql: str, params: list[object], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        execute(sql, params)


def put(row: Attempt, state: str) -> None:
    """Bring a row into a state around the guard, as only the owner can."""
    with as_role("owner"):
        execute("ALTER TABLE payments_attempt DISABLE TRIGGER payments_attempt_guarded")
        problem = "amount" if state == "quarantined" else ""
        execute(
            "UPDATE payments_attempt SET state = %s, problem = %s WHERE id = %s",
            [state, problem, row.pk],
        )
        execute("ALTER TABLE payments_attempt ENABLE TRIGGER payments_attempt_guarded")


class TestAttempt:
    def test_it_moves_as_the_table_says_and_no_other_way(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            connection = make_connection(cast.nimbus)
            for before in AttemptState:
                if before in CREDITED:
                    continue
                row = make_attempt(connection, cast.acme)
                put(row, before)
                for after in set(AttemptState) - {before, *CREDITED}:
                    sql = "UPDATE payments_attempt SET state = %s, problem = 'amount' WHERE id = %s"
                    if after in MOVES[before]:
                        with transaction.atomic():
                            execute(sql, [after, row.pk])
                            transaction.set_rollback(True)
                    else:
                        refuses(sql, [after, row.pk], "cannot go from")

    def test_it_is_credited_with_a_posting_and_what_was_asked_for(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            row = make_attempt(make_connection(cast.nimbus), cast.acme)
            credit_payment(row, Money(1050, "USD"), NOW)

            refuses(CREDIT, [1050, None, row.pk], "payments_attempt_credited")
            refuses(CREDIT, [1049, row.posting_id, row.pk], "payments_attempt_exact")
            assert execute(CREDIT, [1050, row.posting_id, row.pk]) == 1
            for state in ("succeeded", "disputed", "succeeded"):
                sql = "UPDATE payments_attempt SET state = %s WHERE id = %s"
                assert execute(sql, [state, row.pk]) == 1
                for change in ("posting_id = NULL", "received_minor = 1", "external_id = 'pi_2'"):
                    sql = f"UPDATE payments_attempt SET {change} WHERE id = %s"
                    refuses(sql, [row.pk], "stands")
                back = "UPDATE payments_attempt SET state = 'failed' WHERE id = %s"
                refuses(back, [row.pk], f"cannot go from {state}")

    @pytest.mark.parametrize(
        "change", ["amount_minor = 1", "currency = 'EUR'", "tenant_id = 0", "key = 'x'"]
    )
    def test_it_keeps_what_it_was_opened_for(self, cast: Cast, change: str) -> None:
        with provider_scope(cast.nimbus):
            row = make_attempt(make_connection(cast.nimbus), cast.acme)
            refuses(
                f"UPDATE payments_attempt SET {change} WHERE id = %s", [row.pk], "keeps what it was"
            )

    def test_its_page_keeps_its_look(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            row = make_attempt(make_connection(cast.nimbus), cast.acme)
            sql = "UPDATE payments_attempt SET page_language = 'de' WHERE id = %s"
            refuses(sql, [row.pk], "keeps its look")

    def test_a_payment_of_the_gateway_belongs_to_one(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            connection = make_connection(cast.nimbus)
            make_attempt(connection, cast.acme, external_id="pi_1")
            with pytest.raises(IntegrityError, match="payments_attempt_external"):
                make_attempt(connection, cast.globex, external_id="pi_1")

    def test_a_form_opens_one(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            connection = make_connection(cast.nimbus)
            make_attempt(connection, cast.acme, request_key="form")
            make_attempt(connection, cast.globex, request_key="form")
            with pytest.raises(IntegrityError, match="payments_attempt_request"):
                make_attempt(connection, cast.acme, request_key="form")

    def test_it_belongs_to_a_connection_of_its_provider(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            foreign = make_connection(cast.nimbus)
        with provider_scope(cast.sonora):
            foreign.provider_id = cast.sonora
            with pytest.raises(IntegrityError, match="connection_id_scoped_fk"):
                make_attempt(foreign, cast.aria)


class TestConnection:
    @pytest.mark.parametrize("change", ["account_id = 'acct_x'", "is_live = true"])
    def test_it_stays_with_its_account(self, cast: Cast, change: str) -> None:
        with provider_scope(cast.nimbus):
            row = make_connection(cast.nimbus)
            refuses(
                f"UPDATE payments_connection SET {change} WHERE id = %s", [row.pk], "its account"
            )


class TestIsolation:
    def test_customers_see_ways_to_pay_and_their_own_payments(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            row = make_attempt(make_connection(cast.nimbus), cast.acme)

        with tenant_scope(cast.nimbus, cast.acme):
            assert list(Attempt.objects.values_list("pk", flat=True)) == [row.pk]
            assert Connection.objects.count() == 1
            assert not Credential.objects.exists()
            assert not WebhookEvent.objects.exists()
        with tenant_scope(cast.nimbus, cast.globex):
            assert not Attempt.objects.exists()
        with provider_scope(cast.sonora):
            assert not Attempt.objects.exists()
            assert not Connection.objects.exists()
            assert not Credential.objects.exists()

    def test_customers_write_nothing(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            connection = make_connection(cast.nimbus)
            row = make_attempt(connection, cast.acme)

        with tenant_scope(cast.nimbus, cast.acme):
            sql = "UPDATE payments_attempt SET state = 'failed' WHERE id = %s"
            assert execute(sql, [row.pk]) == 0
            with pytest.raises(ProgrammingError, match="row-level security"):
                make_attempt(connection, cast.acme)

    def test_operators_read_no_secrets(self, cast: Cast) -> None:
        with (
            as_role("ops"),
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
        ):
            execute("SELECT sealed FROM payments_credential")


class TestRefund:
    def test_it_moves_as_the_table_says_and_no_other_way(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            attempt = make_attempt(make_connection(cast.nimbus), cast.acme)
            for before in set(RefundState) - {RefundState.FAILED}:
                for after in set(RefundState) - {before}:
                    row = make_refund(attempt, before)
                    move = "UPDATE payments_refund SET state = %s, reversal_id = %s WHERE id = %s"
                    back = row.posting_id if after is RefundState.FAILED else None
                    if after in REFUND_MOVES[before]:
                        execute(move, [after, back, row.pk])
                    else:
                        refuses(move, [after, back, row.pk], "cannot go from")

    @pytest.mark.parametrize("column", ["amount_minor", "attempt_id", "asked_by", "posting_id"])
    def test_it_keeps_what_it_was_asked_for(self, cast: Cast, column: str) -> None:
        with provider_scope(cast.nimbus):
            row = make_refund(
                make_attempt(make_connection(cast.nimbus), cast.acme), RefundState.CREATED
            )
            sql = f"UPDATE payments_refund SET {column} = 4711 WHERE id = %s"
            refuses(sql, [row.pk], "keeps what it was asked for")

    def test_its_customer_reads_it_and_writes_none(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            row = make_refund(
                make_attempt(make_connection(cast.nimbus), cast.acme), RefundState.CREATED
            )
        with tenant_scope(cast.nimbus, cast.acme):
            assert Refund.objects.filter(pk=row.pk).update(state=RefundState.SUCCEEDED) == 0
            assert Refund.objects.filter(pk=row.pk).exists()
        with tenant_scope(cast.nimbus, cast.globex):
            assert not Refund.objects.exists()


class TestDispute:
    def test_it_moves_as_the_table_says_and_no_other_way(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            attempt = make_attempt(make_connection(cast.nimbus), cast.acme)
            for before in DisputeState:
                for after in set(DisputeState) - {before}:
                    row = make_dispute(attempt, before)
                    move = "UPDATE payments_dispute SET state = %s WHERE id = %s"
                    if after in DISPUTE_MOVES[before]:
                        execute(move, [after, row.pk])
                    else:
                        refuses(move, [after, row.pk], "cannot go from")

    @pytest.mark.parametrize(
        ("change", "name"),
        [
            ("attempt_id = 4711", "keeps what it is about"),
            ("currency = 'EUR'", "keeps what it is about"),
            ("taken_minor = 5", "keeps what it is about"),
            ("borne_minor = 5, moves = 1", "payments_dispute_borne"),
            ("posting_id = 4711, moves = 1", "payments_dispute_posted"),
            ("fee_minor = -5, moves = 1", "payments_dispute_amounts"),
            ("problem = 'x'", "payments_dispute_words"),
        ],
    )
    def test_what_was_posted_is_counted_and_the_rest_stays(
        self, cast: Cast, change: str, name: str
    ) -> None:
        with provider_scope(cast.nimbus):
            attempt = make_attempt(make_connection(cast.nimbus), cast.acme)
            row = make_dispute(attempt, DisputeState.OPEN)
            refuses(f"UPDATE payments_dispute SET {change} WHERE id = %s", [row.pk], name)

    def test_its_customer_reads_it_and_nobody_else_does(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            attempt = make_attempt(make_connection(cast.nimbus), cast.acme)
            row = make_dispute(attempt, DisputeState.OPEN)

        with tenant_scope(cast.nimbus, cast.acme):
            assert Dispute.objects.get().pk == row.pk
            assert execute("UPDATE payments_dispute SET state = 'won'", []) == 0
        with tenant_scope(cast.nimbus, cast.globex):
            assert not Dispute.objects.exists()
        with provider_scope(cast.sonora):
            assert not Dispute.objects.exists()
