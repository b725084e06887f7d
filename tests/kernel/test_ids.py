"""Public ids say what they name and cannot be guessed."""

from __future__ import annotations

import pytest

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, is_public_id, new_public_id


class TestPublicIds:
    def test_it_carries_its_prefix(self) -> None:
        public_id = new_public_id("inv")

        assert public_id.startswith("inv_")
        assert is_public_id(public_id, "inv")
        assert not is_public_id(public_id, "pay")
        assert len(new_public_id("abcdefgh")) == PUBLIC_ID_LENGTH_MAX

    def test_ids_differ(self) -> None:
        assert len({new_public_id("inv") for _ in range(1000)}) == 1000

    @pytest.mark.parametrize("prefix", ["", "i", "Inv", "1nv", "in_v", "toolongprefix", "inv\n"])
    def test_it_refuses_other_prefixes(self, prefix: str) -> None:
        with pytest.raises(ValueError, match="prefix"):
            new_public_id(prefix)

    @pytest.mark.parametrize("text", ["", "inv", "inv_", "inv_" + "u" * 26, "inv_" + "0" * 27])
    def test_it_knows_other_shapes(self, text: str) -> None:
        assert not is_public_id(text, "inv")
