"""All secrets of a connection are sealed by one key, so that an older key may go without a connection dying."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import override_settings

from billing_platform.kernel.clock import now
from billing_platform.kernel.scope import provider_scope
from payments.errors import NoSealingKey
from payments.models import Credential
from payments.services.encryption import reseal, unseal
from payments.services.gateways import forget_gateways, load_gateway
from payments.services.webhook_secrets import save_secret
from tests.payments.shop import SECRET
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.payments.shop import Shop

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))
ONLY_OLD, BOTH, ONLY_NEW = f"old:{OLD}", f"new:{NEW},old:{OLD}", f"new:{NEW}"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Open secrets anew, as a process does that was started with other keys."""
    forget_gateways()
    yield
    forget_gateways()


def keyed(shop: Shop) -> str:
    with provider_scope(shop.provider_id):
        return Credential.objects.get().key_id


def kept(shop: Shop) -> Credential:
    with provider_scope(shop.provider_id):
        return Credential.objects.get()


def seal_anew(shop: Shop, *names: str) -> None:
    """Seal some of a row's secrets with the new key, as before all of a row were sealed by one."""
    row = kept(shop)
    with override_settings(GATEWAY_KEYS=BOTH), provider_scope(shop.provider_id):
        texts = {name: reseal(getattr(row, name)).text for name in names}
        Credential.objects.update(**texts)


def save(shop: Shop, secret: str) -> None:
    save_secret(provider_id=shop.provider_id, public_id=shop.public_id, secret=secret, now=now())


def loads(shop: Shop) -> bool:
    forget_gateways()
    with provider_scope(shop.provider_id):
        try:
            load_gateway(provider_id=shop.provider_id, connection_id=shop.connection.pk)
        except NoSealingKey:
            return False
    return True


@pytest.fixture
def old(shop: Shop) -> Shop:
    """Return a shop whose credentials and both secrets of webhooks the old key has sealed."""
    with override_settings(GATEWAY_KEYS=ONLY_OLD):
        with provider_scope(shop.provider_id):
            Credential.objects.update(secret_sealed="", secret_hint="")
        shop.renew()
        save(shop, "first-secret")
        save(shop, "second-secret")
    assert keyed(shop) == "old"
    return shop


class TestChanges:
    @pytest.mark.parametrize("what", ["credentials", "secret"])
    def test_each_seals_all_with_the_newest_key(self, old: Shop, what: str) -> None:
        with override_settings(GATEWAY_KEYS=BOTH):
            if what == "credentials":
                old.renew()
            else:
                save(old, "third-secret")

        assert keyed(old) == "new"
        with override_settings(GATEWAY_KEYS=ONLY_NEW):
            assert loads(old)
        with override_settings(GATEWAY_KEYS=ONLY_OLD):
            assert not loads(old)

    def test_a_secret_that_no_key_opens_gives_way_to_new_credentials(self, old: Shop) -> None:
        with override_settings(GATEWAY_KEYS=ONLY_NEW):
            assert not loads(old)
            with pytest.raises(NoSealingKey):
                save(old, "third-secret")

            old.renew()

            assert loads(old)
        with provider_scope(old.provider_id):
            row = Credential.objects.get()
        assert (row.secret_sealed, row.secret_hint, row.previous_until) == ("", "", None)

    @pytest.mark.parametrize("what", ["credentials", "secret"])
    def test_a_secret_that_no_key_opens_takes_no_other_with_it(self, old: Shop, what: str) -> None:
        seal_anew(old, "sealed", "secret_sealed")

        with override_settings(GATEWAY_KEYS=ONLY_NEW):
            if what == "credentials":
                old.renew()
            else:
                save(old, "third-secret")
            assert loads(old)
            row = kept(old)
            left = "second-secret" if what == "credentials" else "third-secret"
            assert unseal(row.secret_sealed) == left
            # The first one, which no key opens, counts no more.
            assert (row.previous_sealed, row.previous_until) == ("", None)

    def test_the_one_before_stays_where_no_key_opens_the_last(self, old: Shop) -> None:
        seal_anew(old, "sealed", "previous_sealed")

        with override_settings(GATEWAY_KEYS=ONLY_NEW):
            old.renew()
            row = kept(old)
            assert (row.secret_sealed, row.secret_hint) == ("", "")
            assert unseal(row.previous_sealed) == "first-secret"
            assert row.previous_until is not None


class TestOverlap:
    def test_a_mistyped_secret_does_not_end_the_overlap(self, shop: Shop) -> None:
        save(shop, SECRET)
        with provider_scope(shop.provider_id):
            Credential.objects.update(previous_sealed="", previous_until=None)
        save(shop, "mistyped-secret")
        save(shop, "right-secret")

        with provider_scope(shop.provider_id):
            row = Credential.objects.get()
        assert unseal(row.previous_sealed) == SECRET
        assert unseal(row.secret_sealed) == "right-secret"

    def test_saving_the_same_one_again_keeps_the_one_before(self, shop: Shop) -> None:
        with provider_scope(shop.provider_id):
            Credential.objects.update(previous_sealed="", previous_until=None)
        save(shop, "a-new-secret")
        with provider_scope(shop.provider_id):
            before = unseal(Credential.objects.get().previous_sealed)

        save(shop, "a-new-secret")

        with provider_scope(shop.provider_id):
            assert unseal(Credential.objects.get().previous_sealed) == before


class TestExpired:
    @pytest.fixture
    def expired(self, old: Shop) -> Shop:
        """Return a shop whose secret before the last, under a key that is gone, counts no more."""
        seal_anew(old, "sealed", "secret_sealed")
        with provider_scope(old.provider_id):
            Credential.objects.update(previous_until=now())
        return old

    def test_it_stands_in_no_way_of_another_secret(self, expired: Shop) -> None:
        with override_settings(GATEWAY_KEYS=ONLY_NEW):
            save(expired, "third-secret")
            assert unseal(kept(expired).previous_sealed) == "second-secret"

    def test_it_stands_in_no_way_of_payments(self, expired: Shop) -> None:
        with override_settings(GATEWAY_KEYS=ONLY_NEW):
            assert loads(expired)

    def test_it_makes_no_connection_a_lost_one(self, expired: Shop) -> None:
        out = StringIO()
        with override_settings(GATEWAY_KEYS=ONLY_NEW), as_role("worker"):
            call_command("reseal_credentials", stdout=out)

        assert out.getvalue() == "0 resealed, 1 sealed by the newest key before.\n"
        row = kept(expired)
        assert (row.previous_sealed, row.previous_until) == ("", None)

    def test_one_that_still_counts_is_named_as_lost(self, old: Shop) -> None:
        seal_anew(old, "sealed", "secret_sealed")

        with (
            override_settings(GATEWAY_KEYS=ONLY_NEW),
            as_role("worker"),
            pytest.raises(CommandError, match=old.public_id),
        ):
            call_command("reseal_credentials", stdout=StringIO())


class TestResealing:
    def test_an_older_key_may_go_after_it(self, old: Shop) -> None:
        out = StringIO()
        with override_settings(GATEWAY_KEYS=BOTH), as_role("worker"):
            call_command("reseal_credentials", stdout=out)
            call_command("reseal_credentials", stdout=out)

        first, second = out.getvalue().splitlines()
        assert first == "1 resealed, 0 sealed by the newest key before."
        assert second == "0 resealed, 1 sealed by the newest key before."
        assert keyed(old) == "new"
        with override_settings(GATEWAY_KEYS=ONLY_NEW):
            assert loads(old)

    def test_what_no_key_opens_is_named(self, old: Shop) -> None:
        with (
            override_settings(GATEWAY_KEYS=ONLY_NEW),
            as_role("worker"),
            pytest.raises(CommandError, match=old.public_id),
        ):
            call_command("reseal_credentials", stdout=StringIO())

        assert keyed(old) == "old"

    def test_without_a_key_it_says_so(self, old: Shop) -> None:
        with override_settings(GATEWAY_KEYS=""), as_role("worker"), pytest.raises(CommandError):
            call_command("reseal_credentials", stdout=StringIO())
