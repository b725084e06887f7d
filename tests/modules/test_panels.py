"""A panel of another package: found, drawn in our frame, shown to whom it names and to nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.checks import run_checks

from billing_platform.kernel.money import Money
from billing_platform.portal.panel_registry import installed as read_panels
from billing_platform.portal.panels import Panel, PanelPage, Portal, Table
from tests.modules.conftest import forget

if TYPE_CHECKING:
    from pathlib import Path

    from tests.portal.views.conftest import AsPerson, World

STAFF_URL = "/provider/panels/acme-balances/"
CUSTOMER_URL = "/billing/panels/acme-credit/"


@pytest.mark.usefixtures("installed")
class TestInstalled:
    def test_a_panel_shows_its_figures_in_our_frame(
        self, world: World, as_person: AsPerson
    ) -> None:
        body = as_person("paula").get(STAFF_URL).content.decode()

        assert "<h1" in body
        assert "revenue_usage" in body
        # 30 calls, of which 10 are included, at 0.25.
        assert 'class="money">5.00 ' in body
        assert f'href="{STAFF_URL}"' in body

    def test_it_is_closed_to_other_roles(self, world: World, as_person: AsPerson) -> None:
        person = as_person("rita")

        assert person.get(STAFF_URL).status_code == 403
        assert STAFF_URL not in person.get("/provider/").content.decode()

    def test_a_customer_sees_only_what_is_theirs(self, world: World, as_person: AsPerson) -> None:
        acme = as_person("alice").get(CUSTOMER_URL).content.decode()

        assert "USD" in acme
        assert "12.00" not in acme
        assert "Credit &lt;b&gt;left&lt;/b&gt;" in acme
        assert "<b>left" not in acme

    def test_each_portal_has_its_own(self, world: World, as_person: AsPerson) -> None:
        assert as_person("paula").get("/provider/panels/acme-credit/").status_code == 404
        assert as_person("alice").get("/billing/panels/acme-balances/").status_code == 404
        assert as_person("alice").get(STAFF_URL).status_code in {302, 403, 404}

    def test_its_rows_are_a_file(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("paula").get(f"{STAFF_URL}?csv=1")

        lines = answer.getvalue().decode().splitlines()
        assert answer["Content-Type"].startswith("text/csv")
        assert lines[0] == "Account,Balance"
        assert any(line.startswith("revenue_usage,") for line in lines)


class TestBroken:
    def test_a_package_that_does_not_load_takes_nothing_down(
        self,
        world: World,
        as_person: AsPerson,
        installed: Path,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        info = tmp_path / "broken-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
        group = "[billing_platform.panels]\n"
        (info / "entry_points.txt").write_text(
            f"{group}one = no_such_module:PANEL\ntwo = json:dumps\n"
        )
        monkeypatch.syspath_prepend(str(tmp_path))
        forget()

        assert as_person("paula").get(STAFF_URL).status_code == 200
        assert len(read_panels().faults) == 2
        assert {fault.id for fault in run_checks()} >= {"portal.E001"}


class TestWords:
    def test_a_panel_names_roles_of_its_portal(self) -> None:
        def nothing(_: object) -> PanelPage:
            return PanelPage()

        for code, roles, icon in (
            ("Bad Code", {"owner"}, "coins"),
            ("ok", {"admin"}, "coins"),
            ("ok", set(), "coins"),
            ("ok", {"owner"}, "no-such-picture"),
        ):
            with pytest.raises(ValueError, match="panel"):
                Panel(code, "Words", Portal.PROVIDER, frozenset(roles), nothing, icon)

    def test_a_row_has_a_value_for_each_column(self) -> None:
        with pytest.raises(ValueError, match="each column"):
            Table("Rows", ["One", "Two"], [(Money(1, "USD"),)])
