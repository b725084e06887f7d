"""Staff see a client's methods and may remove one; auto-pay goes off with the method that it charges, said before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.errors import NoDefaultMethod
from payments.selectors.auto_pay import is_auto_pay_on
from payments.services.auto_pay import set_auto_pay
from tenants.selectors.tenants import tenants_by_id
from tests.payments.views.test_methods import PAGE, alice, rows, save, stripe
from tests.payments.views.test_pay import browser

if TYPE_CHECKING:
    from django.test import Client

    from tests.cast import Cast
    from tests.payments.till import Till

__all__ = ["alice"]


def client_url(till: Till) -> str:
    with provider_scope(till.provider_id):
        tenant = tenants_by_id(till.provider_id, {till.tenant_id})[till.tenant_id]
    return f"/provider/clients/{tenant.public_id}/methods/"


def switch(till: Till, *, is_on: bool = True) -> None:
    ids = {"provider_id": till.provider_id, "tenant_id": till.tenant_id}
    set_auto_pay(**ids, is_on=is_on, now=now())


def is_on(till: Till) -> bool:
    with provider_scope(till.provider_id):
        return is_auto_pay_on(till.provider_id, till.tenant_id)


class TestAutoPay:
    def test_it_needs_a_default_method(self, till: Till) -> None:
        with pytest.raises(NoDefaultMethod):
            switch(till)

        assert is_on(till) is False

    def test_it_goes_off_with_the_only_default_method_said_before_it_happens(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        for _ in range(2):
            switch(till)
        (row,) = rows(till)

        told = alice.get(f"{PAGE}{row.public_id}/delete").content.decode()
        assert "When it is deleted, auto-pay goes off." in told
        assert "add another payment method first" in told
        # Whoever was not told deletes nothing.
        alice.post(f"{PAGE}{row.public_id}/delete")
        assert (is_on(till), rows(till)[0].state) == (True, "active")

        alice.post(f"{PAGE}{row.public_id}/delete", {"drops_default": "1"})

        assert (is_on(till), rows(till)[0].state) == (False, "deleted")

    def test_it_stays_on_when_another_method_was_made_the_default(
        self, till: Till, alice: Client
    ) -> None:
        save(alice, till)
        save(alice, till, "bank")
        switch(till)
        first, second = rows(till)
        assert "set another payment method as default first" in (
            alice.get(f"{PAGE}{first.public_id}/delete").content.decode()
        )

        alice.post(f"{PAGE}{second.public_id}/default")
        told = alice.get(f"{PAGE}{first.public_id}/delete").content.decode()
        alice.post(f"{PAGE}{first.public_id}/delete")

        assert "auto-pay" not in told
        assert (is_on(till), rows(till)[1].is_default) == (True, True)


class TestStaff:
    def test_everybody_sees_them_and_nobody_may_change_them(
        self, till: Till, cast: Cast, alice: Client
    ) -> None:
        save(alice, till)
        url, (row,) = client_url(till), rows(till)
        stripe(till).v1.payment_methods.detach(row.method_id)
        alice.post(f"{PAGE}refresh")

        for person, may in (("paula", True), ("bill", True), ("sue", False), ("rita", False)):
            page = browser(cast, person).get(url).content.decode()

            assert "Visa •••• 4242" in page
            assert "Gone at the gateway" in page
            assert "Set as Default" not in page
            assert (f"{row.public_id}/remove" in page) is may

    def test_owner_and_billing_remove_one_and_the_log_keeps_who(
        self, till: Till, cast: Cast, alice: Client
    ) -> None:
        save(alice, till)
        switch(till)
        url, (row,) = f"{client_url(till)}{rows(till)[0].public_id}/remove", rows(till)
        for person in ("sue", "rita", "alice"):
            assert browser(cast, person).post(url, {"drops_default": "1"}).status_code == 403
        assert browser(cast, "oskar").get(url).status_code == 404
        staff = browser(cast, "bill")
        assert "auto-pay goes off" in staff.get(url).content.decode()

        for _ in range(2):
            staff.post(url, {"drops_default": "1"})

        assert (rows(till)[0].state, is_on(till)) == ("deleted", False)
        assert stripe(till).v1.payment_methods.retrieve(row.method_id).customer is None
        log = browser(cast, "paula").get("/provider/audit/?kind=payment_method").content.decode()
        assert "Visa •••• 4242" in log
        assert "bill@" in log
