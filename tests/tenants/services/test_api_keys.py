"""API keys are shown once, found by digest, and at most two of a name live."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.scope import current_scope, provider_scope, tenant_scope
from tenants.errors import (
    KeyExistsError,
    KeyRefusedError,
    MissingKeyScopeError,
    TooManyKeysError,
    UnknownKeyScopeError,
)
from tenants.models import ApiKey
from tenants.selectors.api_keys import list_api_keys
from tenants.services.api_keys import authenticate, create_api_key, require_scope, revoke_api_key
from tests.cast import NOW, Cast

if TYPE_CHECKING:
    from tenants.types import NewApiKey


def make(provider_id: int, **options: object) -> NewApiKey:
    with provider_scope(provider_id):
        return create_api_key(provider_id=provider_id, now=NOW, **options)  # type: ignore[arg-type]


class TestCreateApiKey:
    def test_it_stores_only_the_digest(self, cast: Cast) -> None:
        key = make(cast.nimbus)

        with provider_scope(cast.nimbus):
            row = ApiKey.objects.values().get()
        assert key.raw not in str(row)
        assert key.raw not in repr(key)

    def test_it_refuses_a_name_twice_without_rotation(self, cast: Cast) -> None:
        make(cast.nimbus)

        with pytest.raises(KeyExistsError):
            make(cast.nimbus)

    def test_it_lets_two_live_for_a_rotation(self, cast: Cast) -> None:
        first, second = make(cast.nimbus), make(cast.nimbus, rotate=True)

        with pytest.raises(TooManyKeysError):
            make(cast.nimbus, rotate=True)
        assert authenticate(first.raw, now=NOW) == authenticate(first.raw, now=NOW)
        with provider_scope(cast.nimbus):
            assert revoke_api_key(provider_id=cast.nimbus, key_id=first.id, now=NOW)
            assert not revoke_api_key(provider_id=cast.nimbus, key_id=first.id, now=NOW)
        make(cast.nimbus, rotate=True)
        assert authenticate(second.raw, now=NOW).key_id == second.id

    def test_an_expired_key_frees_its_place(self, cast: Cast) -> None:
        make(cast.nimbus, expires_at=NOW - timedelta(seconds=1))

        assert make(cast.nimbus).raw

    def test_it_refuses_unknown_scopes(self, cast: Cast) -> None:
        for scopes in ([], ["usage:write", "root"]):
            with pytest.raises(UnknownKeyScopeError):
                make(cast.nimbus, scopes=scopes)

    def test_the_database_refuses_a_third(self, cast: Cast) -> None:
        make(cast.nimbus)

        with (
            provider_scope(cast.nimbus),
            pytest.raises(IntegrityError, match="two_live"),
            transaction.atomic(),
        ):
            ApiKey.objects.create(
                provider_id=cast.nimbus,
                name="default",
                slot=1,
                prefix="x",
                digest=b"y",
                scopes=[],
                created_at=NOW,
            )


class TestAuthenticate:
    def test_it_finds_the_provider_without_a_scope(self, cast: Cast) -> None:
        key = make(cast.sonora, scopes=["usage:write"])

        identity = authenticate(key.raw, now=NOW)

        assert current_scope() is None
        assert identity.provider_id == cast.sonora
        require_scope(identity, "usage:write")
        with pytest.raises(MissingKeyScopeError):
            require_scope(identity, "entitlement:read")

    def test_it_notes_the_use(self, cast: Cast) -> None:
        key = make(cast.nimbus)

        authenticate(key.raw, now=NOW)

        with provider_scope(cast.nimbus):
            assert list_api_keys(cast.nimbus)[0].last_used_at == NOW

    @pytest.mark.parametrize("raw", ["", "bk_", "x" * 46, "bk_" + "é" * 43, "bk_" + "\ud800" * 43])
    def test_it_refuses_what_is_no_key(self, cast: Cast, raw: str) -> None:
        with pytest.raises(KeyRefusedError):
            authenticate(raw, now=NOW)

    def test_it_refuses_an_expired_and_a_revoked_key(self, cast: Cast) -> None:
        expired = make(cast.nimbus, expires_at=NOW)
        revoked = make(cast.nimbus, name="other")
        with provider_scope(cast.nimbus):
            revoke_api_key(provider_id=cast.nimbus, key_id=revoked.id, now=NOW)

        for key in (expired, revoked):
            with pytest.raises(KeyRefusedError):
                authenticate(key.raw, now=NOW)

    def test_tenants_see_no_keys(self, cast: Cast) -> None:
        make(cast.nimbus)

        with tenant_scope(cast.nimbus, cast.acme):
            assert ApiKey.objects.count() == 0
