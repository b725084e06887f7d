"""Secrets are sealed by the newest key and opened by any; without a key nothing is kept."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.test import override_settings

from payments.errors import NoSealingKey
from payments.services.encryption import seal, unseal

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


class TestSealing:
    def test_a_newer_key_seals_and_the_older_one_still_opens(self) -> None:
        with override_settings(GATEWAY_KEYS=f"old:{OLD}"):
            before = seal("sk_test_canary")
        with override_settings(GATEWAY_KEYS=f"new:{NEW}, old:{OLD}"):
            after = seal("sk_test_canary")

            assert (before.key_id, after.key_id) == ("old", "new")
            assert unseal(before.text) == unseal(after.text) == "sk_test_canary"
            assert "canary" not in before.text + after.text

    def test_a_key_that_is_gone_opens_nothing(self) -> None:
        with override_settings(GATEWAY_KEYS=f"old:{OLD}"):
            sealed = seal("sk_test_canary")

        with override_settings(GATEWAY_KEYS=f"new:{NEW}"), pytest.raises(NoSealingKey):
            unseal(sealed.text)

    @pytest.mark.parametrize("keys", ["", "first:change-me-to-a-fernet-key", "nameless"])
    def test_without_a_key_nothing_is_sealed(self, keys: str) -> None:
        with override_settings(GATEWAY_KEYS=keys), pytest.raises(NoSealingKey):
            seal("sk_test_canary")
