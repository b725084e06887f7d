"""No proxy of the environment stands between this machine and itself."""

from __future__ import annotations

import urllib.request

import pytest

from billing_platform.kernel.loopback import spare_loopback


class TestSpareLoopback:
    @pytest.mark.parametrize(
        ("told", "spared"),
        [
            ({}, "127.0.0.1,localhost"),
            ({"NO_PROXY": "intern.test, localhost"}, "intern.test,localhost,127.0.0.1"),
            ({"no_proxy": "a.test", "NO_PROXY": "b.test"}, "a.test,127.0.0.1,localhost"),
        ],
    )
    def test_what_was_spared_stays_so(self, told: dict[str, str], spared: str) -> None:
        for _ in range(2):
            spare_loopback(told)

        assert told == {"NO_PROXY": spared, "no_proxy": spared}

    def test_clients_heed_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        environ = {"HTTP_PROXY": "http://127.0.0.1:9"}
        spare_loopback(environ)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)

        assert urllib.request.proxy_bypass("127.0.0.1")
        assert not urllib.request.proxy_bypass("gateway.test")
