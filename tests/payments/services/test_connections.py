"""Connections: what the gateway says of the credentials counts, and nobody reads them again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import execute, fetch_all
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments.errors import (
    ConnectionExists,
    ConnectionNotFound,
    InvalidCredentials,
    WrongAccount,
    WrongMode,
)
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.selectors.connections import connection_by_public_id, offered_connections
from payments.services.connection_marks import mark_connection
from payments.services.connections import (
    change_connection,
    check_connection,
    create_connection,
    replace_credentials,
)
from payments.services.gateways import load_gateway
from payments.services.transactions import own_transaction
from tests.payments.till import Till
from tests.roles import as_role

if TYPE_CHECKING:
    from tests.cast import Cast


def create(till: Till, key: str) -> str:
    return create_connection(
        provider_id=till.provider_id,
        gateway="stripe",
        label="Card",
        credentials={"secret_key": key},
        now=now(),
    )


class TestCreate:
    def test_it_keeps_the_account_and_hides_the_key(self, till: Till) -> None:
        with provider_scope(till.provider_id):
            view = connection_by_public_id(till.provider_id, till.public_id)
            stored = str(fetch_all("SELECT * FROM payments_credential"))

        assert (view.account_id, view.is_live, view.state) == ("acct_nimbus", False, "ok")
        assert view.hints["secret_key"] == "mbus"
        assert "sk_test" not in stored
        assert "sk_test" not in repr(view)

    def test_an_account_is_connected_once(self, till: Till) -> None:
        with pytest.raises(ConnectionExists):
            create(till, "sk_test_nimbus")

    @pytest.mark.parametrize(
        ("key", "error"),
        [
            ("no key", InvalidCredentials),
            ("", InvalidCredentials),
            ("sk_live_abc", WrongMode),
            ("sk_test_unknown", GatewayRefused),
        ],
    )
    def test_other_keys_are_refused(self, till: Till, key: str, error: type[Exception]) -> None:
        with pytest.raises(error):
            create(till, key)

    def test_a_gateway_that_is_down_says_nothing_of_the_key(self, till: Till) -> None:
        till.server.faults.append(Fault("/v1/account", "429", left=9))

        with pytest.raises(GatewayDown):
            create(till, "sk_test_sonora")

    def test_a_missing_scope_is_named(self, till: Till) -> None:
        stripe = till.server.gateways["stripe"]
        permissions = ["rak_accounts_kyc_basic_read", "rak_customer_write"]
        stripe.act(
            "open_account", {"account": "acct_r", "key": "rk_test_r", "permissions": permissions}
        )

        with pytest.raises(GatewayRefused) as caught:
            create(till, "rk_test_r")

        assert "rk_test_r" not in caught.value.message
        assert caught.value.code == "permission"


class TestCheck:
    def test_a_revoked_key_breaks_it_and_a_new_one_mends_it(self, till: Till) -> None:
        stripe = till.server.gateways["stripe"]
        stripe.act("revoke_key", {"key": "sk_test_nimbus"})

        result = check_connection(provider_id=till.provider_id, public_id=till.public_id, now=now())

        assert not result.is_ok
        with provider_scope(till.provider_id):
            assert offered_connections(till.provider_id) == []
        stripe.act("open_account", {"account": "acct_nimbus", "key": "sk_test_fresh"})
        for key, error in (("sk_test_sonora", WrongAccount), ("sk_live_x", WrongMode)):
            with pytest.raises(error):
                replace(till, key)
        replace(till, "sk_test_fresh")
        with provider_scope(till.provider_id):
            assert len(offered_connections(till.provider_id)) == 1
        assert till.start()

    def test_one_that_is_off_takes_no_payment_and_stays_off(self, till: Till) -> None:
        change(till, is_on=False)

        assert check_connection(
            provider_id=till.provider_id, public_id=till.public_id, now=now()
        ).is_ok
        with pytest.raises(ConnectionNotFound):
            till.start()
        change(till, is_on=True)
        assert till.start()

    def test_live_money_does_not_move_while_simulators_run(self, till: Till) -> None:
        connection = till.connection
        with provider_scope(till.provider_id):
            execute_live(connection.pk)
            with pytest.raises(WrongMode):
                load_gateway(provider_id=till.provider_id, connection_id=connection.pk)


def execute_live(connection_id: int) -> None:
    """Make the connection move real money, around the guard."""
    with as_role("owner"):
        execute("ALTER TABLE payments_connection DISABLE TRIGGER payments_connection_guarded")
        execute("UPDATE payments_connection SET is_live = true WHERE id = %s", [connection_id])
        execute("ALTER TABLE payments_connection ENABLE TRIGGER payments_connection_guarded")


def change(till: Till, *, is_on: bool) -> None:
    change_connection(
        provider_id=till.provider_id,
        public_id=till.public_id,
        label="Cards",
        position=3,
        is_on=is_on,
        now=now(),
    )


def replace(till: Till, key: str) -> None:
    replace_credentials(
        provider_id=till.provider_id,
        public_id=till.public_id,
        credentials={"secret_key": key},
        now=now(),
    )


class TestBorders:
    def test_providers_never_use_each_others_key(self, till: Till, cast: Cast) -> None:
        sonora = Till.open(cast.sonora, cast.aria, till.server, "sonora")
        with provider_scope(till.provider_id):
            ours = load_gateway(provider_id=till.provider_id, connection_id=till.connection.pk)
        with provider_scope(sonora.provider_id):
            theirs = load_gateway(
                provider_id=sonora.provider_id, connection_id=sonora.connection.pk
            )

        assert ours.fetch_account().account_id == "acct_nimbus"
        assert theirs.fetch_account().account_id == "acct_sonora"
        with provider_scope(till.provider_id), pytest.raises(ConnectionNotFound):
            load_gateway(provider_id=till.provider_id, connection_id=sonora.connection.pk)


def test_a_refusal_without_a_sentence_breaks_it_too(till: Till) -> None:
    number = till.connection.pk

    with own_transaction(till.provider_id):
        mark_connection(till.provider_id, number, broken="", now=now())

    assert (till.connection.state, till.connection.state_note) == ("broken", "")
