"""What the demo prints about logins and keys."""

from __future__ import annotations

import pytest

from billing_platform.demo.screen import key_lines, login_lines, step

LOGINS = [
    {
        "role": "owner",
        "url": "http://nimbus.localhost:8000/",
        "email": "olga@nimbus.test",
        "password": "demo",
    },
    {"role": "customer admin", "url": "http://x/", "email": "a@b.test", "password": "demo"},
]


class TestLoginLines:
    def test_columns_stand_below_each_other(self) -> None:
        assert login_lines({"logins": LOGINS}) == [
            "  owner           http://nimbus.localhost:8000/  olga@nimbus.test  demo",
            "  customer admin  http://x/                      a@b.test          demo",
        ]

    @pytest.mark.parametrize("seeded", [{}, {"logins": []}, [], None])
    def test_nothing_is_nothing(self, seeded: object) -> None:
        assert login_lines(seeded) == ()


class TestKeyLines:
    def test_each_provider_has_a_line(self) -> None:
        assert key_lines({"api_keys": {"nimbus": "key_1"}}) == ["  nimbus  key_1"]
        assert key_lines(None) == []


class TestStep:
    def test_it_shows_what_and_how_long(self, capsys: pytest.CaptureFixture[str]) -> None:
        with step("Example data"):
            pass

        assert capsys.readouterr().out.split() == ["Example", "data", "0.0", "s"]
