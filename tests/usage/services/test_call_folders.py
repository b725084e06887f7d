"""A watched folder is read once, whatever its files are renamed to, however far they are written."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from tests.factories.usage import Shop
from tests.roles import as_role
from tests.usage.importers.asterisk_file import BASE, call
from usage.models import CallFile, CallFolder, RefusedEvent
from usage.services import call_files
from usage.services.call_folders import read_folders, watch_folder
from usage.services.meters import create_meter
from usage.tasks import read_call_folders

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=5)


class Pbx:
    """A provider with a watched folder that one PBX writes to."""

    def __init__(self, folder: Path) -> None:
        self.shop = Shop.open("pbx")
        self.provider_id = self.shop.provider_id
        self.folder = folder
        self.live = folder / "Master.csv"
        with provider_scope(self.provider_id):
            self.shop.tenant("acme")
            create_meter(
                provider_id=self.provider_id,
                code="talk",
                name="Talk",
                event_type="voice.call",
                aggregation="sum",
                now=START,
            )
        self.watch()

    def watch(self, columns: str = "", pattern: str = "Master.csv*") -> None:
        with provider_scope(self.provider_id):
            watch_folder(
                provider_id=self.provider_id,
                path=self.folder,
                pattern=pattern,
                columns=columns,
                source="asterisk",
                now=START,
            )

    def write(self, text: str) -> None:
        with self.live.open("a") as file:
            file.write(text)

    def read(self, *, again: bool = False) -> dict[str, int]:
        report = read_folders(provider_id=self.provider_id, now=now(), again=again)
        return {name: count for name, count in report.calls.counts().items() if count}

    def seconds(self) -> int:
        with provider_scope(self.provider_id):
            row = fetch_one("SELECT coalesce(sum(quantity), 0) FROM usage_hour")
        assert row is not None
        return int(row[0])


@pytest.fixture
def pbx(db: None, tmp_path: Path) -> Iterator[Pbx]:
    with as_role("worker"):
        yield Pbx(tmp_path)


def leg(number: int, columns: tuple[str, ...] = (*BASE, "uniqueid"), **changes: object) -> str:
    """Return a line of one second to the power of its number, so that sums tell which were counted."""
    start = (START + timedelta(seconds=number)).isoformat(sep=" ")[:19]
    unique = f"17636328{number:02d}.{number}"
    return call(
        columns,
        **{"billsec": 2**number, "start": start, "uniqueid": unique, **changes},
    )


class Writer:
    """A PBX that writes, now and then half a line, and a machine that rotates its file."""

    def __init__(self, pbx: Pbx, number: int) -> None:
        self.pbx = pbx
        self.number = number
        self.files = 0
        self.half = ""

    def do(self, step: str) -> None:
        if step == "read":
            self.pbx.read()
            return
        self.pbx.write(self.half)
        self.half = ""
        if step in {"call", "half"}:
            self._call(is_half=step == "half")
        else:
            self._rotate(step)

    def _call(self, *, is_half: bool) -> None:
        line = leg(self.number % 60, uniqueid=f"1763632899.{self.number}", billsec=1)
        self.number += 1
        at = len(line) // 2 if is_half else len(line)
        self.pbx.write(line[:at])
        self.half = line[at:]

    def _rotate(self, step: str) -> None:
        self.files += 1
        kept = self.pbx.folder / f"Master.csv.{self.files}"
        if step == "pack":
            packed = gzip.compress(self.pbx.live.read_bytes())
            kept.with_name(f"{kept.name}.gz").write_bytes(packed)
        else:
            shutil.copy(self.pbx.live, kept)
        if step == "rotate":
            self.pbx.live.replace(kept)
        else:
            self.pbx.live.unlink()


class TestReadFolders:
    def test_what_is_new_is_read_once(self, pbx: Pbx) -> None:
        assert pbx.read() == {}
        pbx.write(leg(0) + leg(1))
        assert pbx.read() == {"accepted": 2}
        assert pbx.read() == {}

        pbx.write(leg(2))

        assert pbx.read() == {"accepted": 1}
        assert pbx.seconds() == 7

    def test_half_a_line_waits(self, pbx: Pbx) -> None:
        line = leg(1)
        pbx.write(leg(0) + line[:40])
        assert pbx.read() == {"accepted": 1}
        assert pbx.read() == {}

        pbx.write(line[40:])

        assert pbx.read() == {"accepted": 1}
        assert pbx.seconds() == 3

    def test_half_a_first_line_waits_too(self, pbx: Pbx) -> None:
        pbx.write(leg(0)[:30])
        assert pbx.read() == {}
        pbx.write(leg(0)[30:])

        assert pbx.read() == {"accepted": 1}

    def test_a_last_line_without_end_is_taken_when_nobody_writes_any_more(self, pbx: Pbx) -> None:
        pbx.write(leg(0) + leg(1).rstrip("\n"))
        old = (now() - timedelta(hours=1)).timestamp()
        os.utime(pbx.live, (old, old))

        assert pbx.read() == {"accepted": 2}

    def test_a_rotated_file_goes_on_under_its_new_name(self, pbx: Pbx) -> None:
        pbx.write(leg(0))
        pbx.read()
        pbx.write(leg(1))
        pbx.live.rename(pbx.folder / "Master.csv.1")
        pbx.write(leg(2))

        assert pbx.read() == {"accepted": 2}
        assert pbx.read() == {}
        assert pbx.seconds() == 7
        with provider_scope(pbx.provider_id):
            names = set(CallFile.objects.values_list("name", flat=True))
        assert names == {"Master.csv", "Master.csv.1"}

    def test_a_packed_file_is_the_same_file(self, pbx: Pbx) -> None:
        pbx.write(leg(0))
        pbx.read()
        pbx.write(leg(1))
        packed = pbx.folder / "Master.csv.1.gz"
        packed.write_bytes(gzip.compress(pbx.live.read_bytes()))
        pbx.live.unlink()

        assert pbx.read() == {"accepted": 1}
        assert pbx.read() == {}

    def test_half_a_packed_file_waits(self, pbx: Pbx) -> None:
        whole = gzip.compress("".join(leg(number) for number in range(6)).encode())
        packed = pbx.folder / "Master.csv.1.gz"
        packed.write_bytes(whole[: len(whole) // 2])
        pbx.read()
        packed.write_bytes(whole)

        pbx.read()

        assert pbx.seconds() == 63
        assert pbx.read() == {}

    def test_a_file_that_was_copied_and_emptied_begins_anew(self, pbx: Pbx) -> None:
        pbx.write(leg(0))
        pbx.read()
        shutil.copy(pbx.live, pbx.folder / "Master.csv.1")
        pbx.live.write_text(leg(1))

        assert pbx.read() == {"accepted": 1}
        assert pbx.seconds() == 3

    def test_equal_rows_without_ids_are_counted_across_runs(self, pbx: Pbx) -> None:
        row = leg(0, BASE)
        pbx.write(row + row)
        assert pbx.read() == {"accepted": 2}
        pbx.write(row)

        assert pbx.read() == {"accepted": 1}
        assert pbx.seconds() == 3
        assert pbx.read(again=True) == {"duplicates": 3}

    def test_a_first_row_of_names_holds_for_later_runs(self, pbx: Pbx) -> None:
        columns = ("uniqueid", "disposition", "billsec", "start", "accountcode", "dst")
        pbx.write(",".join(columns) + "\n" + leg(0, columns))
        assert pbx.read() == {"accepted": 1}
        pbx.write(leg(1, columns))

        assert pbx.read() == {"accepted": 1}

    def test_an_order_by_hand_holds_for_the_folder(self, pbx: Pbx) -> None:
        columns = ("start", "billsec", "disposition", "accountcode", "uniqueid")
        (pbx.folder / "own.log").write_text(leg(0, columns))
        pbx.watch(",".join(columns), "*.log")

        assert pbx.read() == {"accepted": 1}

    def test_rejected_rows_can_be_read_again(self, pbx: Pbx) -> None:
        pbx.write(leg(0) + leg(1, billsec="x") + leg(2, accountcode="nobody"))

        assert pbx.read() == {"accepted": 1, "rejected": 1, "parked": 1}
        assert pbx.read(again=True) == {"duplicates": 2, "rejected": 1}

    def test_a_file_that_cannot_be_read_stops_no_other(self, pbx: Pbx) -> None:
        (pbx.folder / "Master.csv.bad").write_text("billsec,disposition\n1,2\n")
        pbx.write(leg(0))

        report = read_folders(provider_id=pbx.provider_id, now=now())

        assert report.calls.counts()["accepted"] == 1
        assert len(report.unreadable) == 1

    def test_a_link_to_another_file_is_not_followed(
        self, pbx: Pbx, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        other = tmp_path_factory.mktemp("other") / "Master.csv"
        other.write_text(leg(1) + "SECRET_KEY=hidden\n")
        (pbx.folder / "Master.csv.1").symlink_to(other)
        pbx.write(leg(0))

        report = read_folders(provider_id=pbx.provider_id, now=now())

        assert report.calls.counts()["accepted"] == 1
        assert len(report.unreadable) == 1
        assert "Links are not followed" in report.unreadable[0]
        with provider_scope(pbx.provider_id):
            assert not RefusedEvent.objects.exists()
        assert pbx.seconds() == 1

    @pytest.mark.parametrize("place", ["pbx", "pbx/berlin"])
    def test_a_folder_that_became_a_link_is_not_read(
        self, pbx: Pbx, tmp_path_factory: pytest.TempPathFactory, place: str
    ) -> None:
        root = tmp_path_factory.mktemp("root")
        (root / "other" / "berlin").mkdir(parents=True)
        for folder in (root / "other", root / "other" / "berlin"):
            (folder / "Master.csv").write_text(leg(1))
        pbx.folder = root / place
        pbx.watch()
        (root / "pbx").symlink_to(root / "other")

        report = read_folders(provider_id=pbx.provider_id, now=now())

        assert [line.split(":")[0] for line in report.unreadable] == ["Master.csv"]
        assert pbx.seconds() == 0

    def test_another_worker_s_batch_is_left_to_it(
        self, pbx: Pbx, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pbx.write(leg(0))
        plain = call_files._state

        def overtaken(*args: object) -> CallFile:
            state = plain(*args)  # type: ignore[arg-type]  # passed on as they came
            CallFile.objects.filter(pk=state.pk).update(position=1)
            return state

        monkeypatch.setattr(call_files, "_state", overtaken)

        assert pbx.read() == {}
        assert pbx.seconds() == 0

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(st.sampled_from(["call", "half", "rotate", "pack", "copy", "read"]), max_size=14)
    )
    def test_every_call_counts_once_whatever_happens(self, pbx: Pbx, steps: list[str]) -> None:
        for path in pbx.folder.iterdir():
            path.unlink()
        before = pbx.seconds()
        live = Writer(pbx, before)
        for step in steps:
            live.do(step)
        live.do("rotate")
        pbx.read()

        assert pbx.seconds() - before == live.number - before
        assert pbx.read() == {}

    def test_a_worker_that_dies_leaves_no_call_half_counted(
        self, pbx: Pbx, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pbx.write(leg(0) + leg(1))

        def die(name: str) -> None:
            raise KeyboardInterrupt(name)

        with monkeypatch.context() as context:
            context.setattr(call_files, "marker", die)
            with pytest.raises(KeyboardInterrupt):
                pbx.read()
        assert pbx.seconds() == 0

        assert pbx.read() == {"accepted": 2}
        assert pbx.seconds() == 3


class TestTask:
    def test_reads_every_provider_s(self, pbx: Pbx) -> None:
        pbx.write(leg(0))

        read_call_folders()

        assert pbx.seconds() == 1


class TestCommands:
    def test_a_folder_is_watched_read_and_left(
        self, pbx: Pbx, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder, mapping = tmp_path / "other", tmp_path / "mapping.json"
        folder.mkdir()
        mapping.write_text('{"accounts": {"1": "acme"}}')
        (folder / "Master.csv").write_text(leg(0, accountcode="1"))
        words = ("watch_calls", "--provider", "pbx", str(folder))

        call_command(*words, "--mapping", str(mapping))
        call_command("read_calls", "--provider", "pbx", "--json")
        call_command(*words, "--stop")

        assert json.loads(capsys.readouterr().out)["accepted"] == 1
        with provider_scope(pbx.provider_id):
            assert CallFolder.objects.filter(is_active=True).count() == 1

    @pytest.mark.parametrize("options", [("--stop",), ("--columns", "src"), ("--mapping", "/none")])
    def test_what_makes_no_sense_is_refused(
        self, pbx: Pbx, tmp_path: Path, options: tuple[str, ...]
    ) -> None:
        with pytest.raises(CommandError):
            call_command("watch_calls", "--provider", "pbx", str(tmp_path / "x"), *options)

    def test_unknown_providers_are_refused(self, pbx: Pbx) -> None:
        with pytest.raises(CommandError):
            call_command("read_calls", "--provider", "nobody")
