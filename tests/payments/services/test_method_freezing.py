"""A method whose payment is disputed is not charged, is no default, and is shown as disputed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from payments.errors import MethodFrozen
from payments.models import Method
from payments.selectors.methods import methods_of
from payments.services.method_freezing import freeze_method
from payments.services.methods import set_default_method

if TYPE_CHECKING:
    from payments.types import MethodView
    from tests.payments.till import Till


def keep(till: Till, method_id: str, *, is_default: bool = False) -> str:
    """Write a saved card down and return its public id."""
    with provider_scope(till.provider_id):
        row = Method.objects.create(
            provider_id=till.provider_id,
            tenant_id=till.tenant_id,
            connection_id=till.connection.pk,
            method_id=method_id,
            customer_id="cus_1",
            kind="card",
            is_default=is_default,
            created_at=now(),
            state_at=now(),
        )
    return row.public_id


def freeze(till: Till, method_id: str, tenant_id: int = 0) -> None:
    with provider_scope(till.provider_id):
        freeze_method(
            provider_id=till.provider_id,
            tenant_id=tenant_id or till.tenant_id,
            connection_id=till.connection.pk,
            method_id=method_id,
            now=now(),
        )


def shown(till: Till) -> list[MethodView]:
    with provider_scope(till.provider_id):
        return methods_of(till.provider_id, till.tenant_id)


class TestFrozen:
    def test_it_is_neither_charged_nor_the_default(self, till: Till) -> None:
        card = till.save_card()
        frozen = keep(till, card, is_default=True)

        freeze(till, card)

        (view,) = shown(till)
        assert (view.is_frozen, view.is_default, view.state) == (True, False, "active")
        with pytest.raises(MethodFrozen):
            till.charge(card)
        with pytest.raises(MethodFrozen):
            set_default_method(
                provider_id=till.provider_id,
                tenant_id=till.tenant_id,
                public_id=frozen,
                now=now(),
            )
        assert till.taken() == 0

    def test_other_methods_and_other_clients_are_as_before(self, till: Till) -> None:
        card = till.save_card()
        keep(till, card, is_default=True)
        keep(till, "pm_other")

        freeze(till, "pm_other")
        freeze(till, card, tenant_id=till.tenant_id + 1)
        freeze(till, "")

        assert [(one.is_frozen, one.is_default) for one in shown(till)] == [
            (False, True),
            (True, False),
        ]
        assert till.row(till.charge(card)).state == "succeeded"

    def test_the_database_keeps_a_frozen_one_from_being_the_default(self, till: Till) -> None:
        keep(till, "pm_1")
        freeze(till, "pm_1")

        with (
            provider_scope(till.provider_id),
            pytest.raises(IntegrityError, match="default_active"),
            transaction.atomic(),
        ):
            execute("UPDATE payments_method SET is_default = true")
