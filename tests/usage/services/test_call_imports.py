"""`import_usage --format asterisk` counts what was talked, once, for whom the line belongs to."""

from __future__ import annotations

import gzip
import json
import os
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import Shop
from tests.roles import as_role
from tests.usage.importers.asterisk_file import BASE, COLUMNS, call, naive_seconds
from usage.models import CallMapping
from usage.selectors.parked import count_parked
from usage.services.meters import create_meter
from usage.services.parking import replay_parked

if TYPE_CHECKING:
    from collections.abc import Iterator

NOTHING = {"accepted": 0, "duplicates": 0, "conflicts": 0, "rejected": 0, "parked": 0}
MAPPING = {
    "directions": [
        {"direction": "inbound", "context": "from-trunk"},
        {"direction": "outbound", "dstchannel": "PJSIP/carrier-*"},
        {"direction": "internal"},
    ],
    "numbers": {"+4930100": "acme"},
}


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    with as_role("worker"):
        shop = Shop.open("pbx")
        shop.now = now() - timedelta(days=60)
        with provider_scope(shop.provider_id):
            for tenant in ("acme", "globex"):
                shop.tenant(tenant)
            for code, direction, step in (("in", "inbound", None), ("out", "outbound", Decimal(6))):
                create_meter(
                    provider_id=shop.provider_id,
                    code=code,
                    name=code,
                    event_type="voice.call",
                    aggregation="sum",
                    filters=[{"property": "direction", "values": [direction]}],
                    increment=step,
                    now=shop.now,
                )
        yield shop


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(MAPPING), encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], path: Path, *options: object) -> dict[str, int]:
    words = ("import_usage", "--format", "asterisk", "--provider", "pbx", "--json", path, *options)
    call_command(*map(str, words))
    counts: dict[str, int] = json.loads(capsys.readouterr().out)
    return counts


def write(tmp_path: Path, *lines: str, name: str = "Master.csv") -> Path:
    path = tmp_path / name
    path.write_bytes("".join(lines).encode())
    return path


def counted(shop: Shop) -> dict[tuple[str, str], Decimal]:
    """Return the quantity by tenant and meter."""
    sql = """SELECT t.external_id, m.code, sum(h.quantity) FROM usage_hour h
               JOIN tenants_tenant t ON t.id = h.tenant_id JOIN usage_meter m ON m.id = h.meter_id
              GROUP BY 1, 2"""
    with provider_scope(shop.provider_id):
        return {(tenant, meter): quantity for tenant, meter, quantity in fetch_all(sql)}


class TestImport:
    def test_answered_legs_count_by_direction(
        self, shop: Shop, mapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = write(
            tmp_path,
            call(COLUMNS, sequence=1, billsec=61),
            call(COLUMNS, sequence=2, billsec=0, disposition="NO ANSWER"),
            call(
                COLUMNS, sequence=3, billsec=7, accountcode="", dcontext="from-trunk", dst="4930100"
            ),
            call(COLUMNS, sequence=4, billsec=0, answer="", accountcode="globex"),
            call(COLUMNS, sequence=5, billsec=500, dstchannel="PJSIP/101-0a"),
        )

        counts = run(capsys, path, "--mapping", mapping)

        assert counts == {**NOTHING, "accepted": 4}
        assert counted(shop) == {
            ("acme", "out"): 66,
            ("acme", "in"): 7,
            ("globex", "out"): 0,
        }

    def test_a_second_run_accepts_nothing(
        self, shop: Shop, mapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        row = call(BASE)
        path = write(tmp_path, row, row, call(BASE, src="101"))
        first = run(capsys, path, "--mapping", mapping)

        assert first == {**NOTHING, "accepted": 3}
        assert run(capsys, path) == {**NOTHING, "duplicates": 3}
        assert counted(shop) == {("acme", "out"): 180}

    def test_the_mapping_is_kept_for_the_next_file(
        self, shop: Shop, mapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        run(capsys, write(tmp_path), "--mapping", mapping)

        run(capsys, write(tmp_path, call(dcontext="from-trunk")))

        assert counted(shop) == {("acme", "in"): 60}
        with provider_scope(shop.provider_id):
            assert CallMapping.objects.get().source == "asterisk"

    def test_two_systems_may_use_the_same_ids(
        self, shop: Shop, mapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = write(tmp_path, call())
        run(capsys, path, "--mapping", mapping)

        assert run(capsys, path, "--source", "pbx-2")["accepted"] == 1

    def test_a_line_of_nobody_waits_until_it_is_somebody_s(
        self, shop: Shop, mapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = write(
            tmp_path,
            call(accountcode="", src="4930200", uniqueid="1763632800.1"),
            call(
                accountcode="", src="1", dstchannel="PJSIP/carrier-00000c", uniqueid="1763632800.2"
            ),
            call(accountcode="nobody", uniqueid="1763632800.3"),
            call(accountcode="", channel="SIP/shop-de-0000000d", uniqueid="1763632800.4"),
            call(accountcode="", src="", dst="030 300", uniqueid="1763632800.5"),
        )
        assert run(capsys, path, "--mapping", mapping) == {**NOTHING, "parked": 5}
        more = {
            **MAPPING,
            "numbers": {"004930200": "globex", "030-300": "globex"},
            "accounts": {"nobody": "acme"},
            "trunks": {"SIP/shop-de": "globex", "PJSIP/carrier": "acme"},
        }
        mapping.write_text(json.dumps(more), encoding="utf-8")

        run(capsys, path, "--mapping", mapping)
        replay_parked(provider_id=shop.provider_id, now=now())

        with provider_scope(shop.provider_id):
            assert count_parked(shop.provider_id) == {}
        assert counted(shop) == {("acme", "out"): 120, ("globex", "out"): 180}

    def test_old_letters_spoil_nothing(
        self, shop: Shop, mapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "Master.csv"
        lines = [
            call(clid='"Müller ""der Große"", Söhne" <100>').encode("latin-1"),
            call(clid='"ÐŸÑ€Ð¸" <100>', uniqueid="1763632800.2").encode(),
            b'"\xff\xfe broken\n',
        ]
        path.write_bytes(b"".join(lines))

        assert run(capsys, path, "--mapping", mapping) == {**NOTHING, "accepted": 2, "rejected": 1}
        with provider_scope(shop.provider_id):
            names = fetch_all("SELECT properties->>'from_name' FROM usage_event ORDER BY event_id")
            kept = fetch_all("SELECT form, via, source, original FROM usage_refused_event")
        assert names[0][0].startswith("Müller")
        assert kept == [("line", "calls", "asterisk", '"ÿþ broken')]

    def test_packed_files_are_unpacked(
        self, shop: Shop, mapping: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        path = tmp_path / "Master.csv.1.gz"
        path.write_bytes(gzip.compress(call().encode()))

        assert run(capsys, path, "--mapping", mapping)["accepted"] == 1

    @pytest.mark.parametrize(
        ("content", "options"),
        [
            ("{", ()),
            ('{"zone": 1}', ()),
            ("{}", ("--columns", "src,dst")),
            ("{}", ("--create-catalog",)),
        ],
    )
    def test_what_makes_no_sense_is_refused(
        self, shop: Shop, mapping: Path, tmp_path: Path, content: str, options: tuple[str, ...]
    ) -> None:
        mapping.write_text(content)
        words: list[Any] = ["import_usage", "--format", "asterisk", "--provider", "pbx"]

        with pytest.raises(CommandError):
            call_command(*words, "--mapping", str(mapping), *options, str(write(tmp_path, call())))

    def test_its_options_are_its_own(self, shop: Shop, tmp_path: Path) -> None:
        with pytest.raises(CommandError):
            call_command(
                "import_usage",
                "--format",
                "focus",
                "--provider",
                "pbx",
                "--columns",
                "a",
                str(tmp_path),
            )


# A real file is not part of the project: its test exists only where somebody names it.
if os.environ.get("ASTERISK_SAMPLE"):

    class TestRealFile:
        def test_every_answered_second_is_taken(
            self, shop: Shop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
        ) -> None:
            path = Path(os.environ["ASTERISK_SAMPLE"])
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            columns = (
                COLUMNS if len(lines[0].split('","')) > 18 else (*BASE, "uniqueid", "userfield")
            )
            expected = sum(naive_seconds(lines, columns).values())

            counts = run(capsys, path)

            assert counts["rejected"] == counts["conflicts"] == 0
            with provider_scope(shop.provider_id):
                ((taken,),) = fetch_all(
                    "SELECT coalesce((SELECT sum(quantity) FROM usage_event), 0) + coalesce((SELECT"
                    " sum((payload #>> '{data,quantity}')::numeric) FROM usage_parked_event), 0)"
                )
            assert taken == expected
            assert run(capsys, path)["accepted"] == 0
