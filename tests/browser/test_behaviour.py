"""What the pages do: the keyboard, the choice of colours, search, dialogs, looking through a customer's eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import DESKTOP, PHONE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Dialog, Page

    from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.fixture
def clients(visitor: Visitor) -> Iterator[Page]:
    """Open the clients of Nimbus as its owner."""
    visit = visitor.open("nimbus owner", "nimbus", "/provider/clients/")
    yield visit.page
    assert visit.complaints == []
    visit.page.close()


@pytest.fixture
def billing(visitor: Visitor) -> Iterator[Page]:
    """Open Acme's billing page on a phone."""
    visit = visitor.open("nimbus acme admin", "nimbus", "/billing/")
    visit.show(PHONE, "light")
    yield visit.page
    assert visit.complaints == []
    visit.page.close()


def focused(page: Page) -> str:
    """Return the words of what has the focus."""
    return str(page.evaluate("document.activeElement.innerText || document.activeElement.id"))


class TestKeyboard:
    def test_the_first_tab_offers_to_skip_the_navigation(self, clients: Page) -> None:
        clients.keyboard.press("Tab")
        assert focused(clients) == "Skip to content"

        clients.keyboard.press("Enter")

        expect(clients.locator("#main")).to_be_focused()

    def test_a_slash_goes_to_the_search(self, clients: Page) -> None:
        clients.keyboard.press("/")

        expect(clients.locator("#search")).to_be_focused()

    def test_control_and_k_jump_to_a_client(self, clients: Page) -> None:
        clients.keyboard.press("Control+k")
        dialog = clients.get_by_role("dialog", name="Jump to")
        expect(dialog.get_by_role("link", name="Dashboard")).to_be_visible()
        clients.keyboard.press("Escape")
        expect(dialog).to_have_count(0)

        clients.keyboard.press("Control+k")
        clients.keyboard.type("globex")
        # Enter opens a hit of what stands in the field, so those of an earlier word must have gone.
        expect(clients.locator("#palette-hits")).to_have_attribute("data-word", "globex")
        expect(dialog.get_by_role("link")).to_have_count(1)
        clients.keyboard.press("Enter")

        clients.wait_for_url("**/provider/clients/ten_*/")

    def test_the_focus_is_seen(self, clients: Page) -> None:
        clients.keyboard.press("Tab")
        clients.keyboard.press("Tab")

        assert clients.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"

    def test_a_refused_login_puts_the_focus_on_what_is_wrong(self, visitor: Visitor) -> None:
        page = visitor.open("", "nimbus", "/accounts/login/").page
        page.get_by_label("Email").fill("nobody@example.com")
        page.get_by_label("Password").fill("wrong")
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-error-summary]")

        # The script that moves the focus is a deferred one.
        page.wait_for_function("document.activeElement.matches('[data-error-summary]')")
        assert page.get_by_label("Email").input_value() == "nobody@example.com"
        page.close()


class TestSearch:
    def test_narrows_the_list_and_the_address(self, clients: Page) -> None:
        clients.get_by_label("Search clients").fill("globex")
        clients.wait_for_url("**/provider/clients/?q=globex")

        expect(clients.get_by_role("link", name="Globex Logistics")).to_be_visible()
        expect(clients.get_by_role("link", name="Acme Robotics")).to_have_count(0)

        clients.go_back()

        clients.get_by_role("link", name="Acme Robotics").wait_for()

    def test_works_without_scripts(self, visitor: Visitor) -> None:
        state = visitor.window("nimbus owner").storage_state()
        context = visitor.browser.new_context(storage_state=state, java_script_enabled=False)
        page = context.new_page()
        page.goto(visitor.demo.url("nimbus", "/provider/clients/"))
        page.get_by_label("Search clients").fill("globex")
        page.get_by_role("button", name="Apply").click()

        expect(page.get_by_role("link", name="Globex Logistics")).to_be_visible()
        expect(page.get_by_role("link", name="Acme Robotics")).to_have_count(0)
        context.close()


class TestTheme:
    def test_is_chosen_and_kept(self, visitor: Visitor) -> None:
        context = visitor.browser.new_context()
        page = context.new_page()
        page.goto(visitor.demo.url("nimbus", "/accounts/login/"))
        page.get_by_role("button", name="Dark").click()
        page.wait_for_selector("html[data-bs-theme=dark]")

        page.goto(visitor.demo.url("nimbus", "/accounts/password/reset/"))

        expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        context.close()


class TestBrand:
    def test_the_colours_follow_what_is_typed(self, visitor: Visitor) -> None:
        visit = visitor.open("nimbus owner", "nimbus", "/provider/brand/")
        page = visit.page
        page.get_by_label("Colour", exact=True).fill("#ffcc00")

        expect(page.locator("#preview")).to_contain_text("#ffcc00")
        expect(page.locator("#preview")).to_contain_text("Not saved yet")
        expect(page.locator("#preview")).not_to_have_attribute("aria-busy", "true")
        sample = page.locator("#preview .swatch-fill")
        expect(sample).to_have_css("background-color", "rgb(255, 204, 0)")
        page.get_by_label("Colour", exact=True).fill("#nonsense")
        expect(page.locator("#preview")).to_contain_text("#ffcc00")
        page.close()


class TestBilling:
    def test_the_menu_opens_on_a_phone(self, billing: Page) -> None:
        assert not billing.get_by_role("link", name="Log out").is_visible()

        billing.get_by_role("button", name="Menu").click()

        billing.get_by_role("link", name="Log out").wait_for(state="visible")

    def test_on_a_phone_fields_stand_in_pairs_above_a_list(self, billing: Page) -> None:
        billing.goto(urljoin(billing.url, "/billing/payments/"))

        place = "(e) => { const {y, height} = e.getBoundingClientRect(); return [y, height]; }"
        state, since = (billing.locator(field).evaluate(place) for field in ("#state", "#since"))
        assert state == since
        days = billing.get_by_role("navigation", name="Days")
        assert days.evaluate(place)[1] < 60

    def test_on_a_phone_words_in_lists_are_not_cut(self, visitor: Visitor) -> None:
        cut = "(all) => all.filter((e) => e.getClientRects().length > 1).map((e) => e.textContent)"
        visit = visitor.open("nimbus owner", "nimbus", "/provider/usage/", language="de")
        visit.show(PHONE, "light")
        # A name of one word stands in one line.
        names = visit.page.get_by_role("rowheader").get_by_role("link", name="Databases")
        expect(names).to_have_count(1)
        assert names.evaluate_all(cut) == []

        visit.page.goto(urljoin(visit.page.url, "/provider/invoices/"))
        numbers = visit.page.get_by_role("cell").get_by_role("link", name="RCT-", exact=False)
        assert numbers.count() > 0
        assert visit.page.locator("tbody tr td:first-child a").evaluate_all(cut) == []
        assert visit.sideways_px() == 0
        visit.page.close()

    def test_transactions_are_filtered_by_kind(self, billing: Page) -> None:
        billing.get_by_label("Kind").select_option("credit")
        billing.wait_for_url("**/billing/?kind=credit")

        rows = billing.locator("#ledger-card tbody tr")
        expect(rows).to_have_count(1)
        expect(rows.first).to_contain_text("400.00 USD")

    def test_downloads_its_transactions(self, billing: Page) -> None:
        with billing.expect_download() as download:
            billing.get_by_role("link", name="CSV").click()

        assert download.value.suggested_filename == "transactions.csv"


class TestSettings:
    def test_a_setting_is_changed_and_returned(self, visitor: Visitor) -> None:
        visit = visitor.open("sonora owner", "sonora", "/provider/settings/suspension.grace_hours/")
        page = visit.page
        asked: list[str] = []

        def refuse(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.get_by_label("Hours between").fill("2")
        page.once("dialog", refuse)
        page.get_by_role("link", name="Jobs").click()
        expect(page.get_by_label("Hours between")).to_have_value("2")
        assert asked == ["beforeunload"]

        page.get_by_role("button", name="Save").click()
        expect(page.locator("#toasts")).to_contain_text("The setting is saved.")
        # It stays for as long as somebody points at it.
        page.locator("#toasts [data-toast]").hover()
        page.get_by_role("button", name="Close").click()
        expect(page.locator("#toasts")).to_be_empty()

        page.get_by_role("link", name="Change: Hours between").click()
        page.get_by_role("button", name="Return to the default").click()

        expect(page.get_by_role("dialog", name="Return to the default?")).to_be_visible()
        expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()

        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Return to the default")).to_be_focused()

        page.keyboard.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Return to the default").click()
        page.get_by_text("The setting stands at its default.").wait_for()
        assert visit.complaints == []
        page.close()


class TestSessionEnd:
    def test_is_warned_of_and_put_off(self, visitor: Visitor) -> None:
        # A window of its own: others keep, for all of their tabs, when their login ends.
        login = visitor.window("nimbus owner").storage_state()["cookies"]
        context = visitor.browser.new_context(
            reduced_motion="reduce", storage_state={"cookies": login, "origins": []}
        )
        page = context.new_page()
        page.clock.install()
        page.goto(visitor.demo.url("nimbus", "/provider/settings/"))
        warning = page.get_by_role("dialog", name="Are you still there?")
        over = page.locator('#session-end [data-part="over"]')
        expect(warning).to_have_count(0)

        left_s = int(page.locator("#session-end").get_attribute("data-seconds") or 0)
        # All but the whole time of the warning is left to a machine that has much else to do.
        page.clock.fast_forward((left_s - 290) * 1000)
        expect(warning).to_be_visible()
        with page.expect_response("**/session/stay") as answer:
            warning.get_by_role("button", name="Stay signed in").click()
        assert answer.value.ok

        expect(warning).to_have_count(0)
        page.clock.fast_forward(400_000)
        expect(over).to_have_attribute("hidden", "")
        expect(warning).to_have_count(0)

        # Whoever puts it aside is told once more when it is over.
        page.clock.fast_forward((answer.value.json()["seconds"] - 400 - 290) * 1000)
        warning.get_by_role("button", name="Close").click()
        expect(warning).to_have_count(0)
        page.clock.fast_forward(300_000)
        expect(over).to_be_visible()
        context.close()

    def test_a_form_is_not_sent_in_the_name_of_who_logged_in_meanwhile(
        self, visitor: Visitor
    ) -> None:
        theirs = [
            visitor.window(role).storage_state()["cookies"]
            for role in ("nimbus owner", "bill@nimbus.example")
        ]
        context = visitor.browser.new_context(reduced_motion="reduce")
        context.add_cookies(theirs[0])  # type: ignore[arg-type]  # as the browser told them
        waiting, other = context.new_page(), context.new_page()
        waiting.goto(visitor.demo.url("nimbus", "/provider/taxes/"))
        form = waiting.locator("form[action$='/categories/save']")
        form.locator("[name=code]").fill("ebooks")
        form.locator("[name=name]").fill("Electronic books")
        context.clear_cookies()
        context.add_cookies(theirs[1])  # type: ignore[arg-type]
        other.goto(visitor.demo.url("nimbus", "/provider/taxes/"))

        with waiting.expect_response("**/categories/save") as answer:
            form.get_by_role("button").click()

        assert answer.value.status == 403
        context.close()


class TestLogin:
    def test_the_host_shows_the_provider_s_brand(self, visitor: Visitor) -> None:
        for provider, name in (("nimbus", "Nimbus Cloud"), ("sonora", "Sonora Voice")):
            page = visitor.open("", provider, "/accounts/login/").page

            assert name in page.title()
            assert name in page.locator(".entrance-brand").inner_text()
            page.close()

    def test_people_of_a_suspended_tenant_see_why(self, visitor: Visitor) -> None:
        page = visitor.open("nimbus blue-harbor admin", "nimbus", "/after-login").page

        assert "is suspended" in page.locator("h1").inner_text()
        assert "used up" in page.locator("main").inner_text()
        page.close()


class TestChangeOfAPrice:
    def test_is_written_looked_at_and_taken_back(self, visitor: Visitor) -> None:
        visit = visitor.open("sonora owner", "sonora", "/provider/plans/")
        page = visit.page
        for link in ("Voice", "Dated prices: Calls, outbound EUR", "Change from an hour on"):
            with page.expect_navigation():
                page.get_by_role("link", name=link, exact=True).first.click()
        page.get_by_role("button", name="See what it means").last.click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Change this price?")
        visit.show(DESKTOP, "light")
        assert visit.sideways_px() == 0
        assert visit.violations() == []
        visit.show(PHONE, "dark")
        assert visit.sideways_px() == 0
        assert visit.violations() == []
        page.get_by_role("button", name="Go back").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Change from an hour on")
        assert visit.complaints == []
        page.close()


class TestLogInAs:
    def test_shows_a_banner_with_the_way_back(self, visitor: Visitor) -> None:
        visit = visitor.open("nimbus support", "nimbus", "/provider/clients/")
        page = visit.page
        page.get_by_role("link", name="Acme Robotics").click()
        page.get_by_role("button", name="Log in as Alice Archer").click()
        page.wait_for_url("**/dashboard/")

        banner = page.get_by_role("region", name="You are logged in as somebody else")
        expect(banner).to_contain_text("Alice Archer")
        visit.show(PHONE, "light")
        assert visit.sideways_px() == 0
        assert visit.complaints == []
        assert visit.violations() == []

        banner.get_by_role("button", name="Leave").click()
        page.wait_for_url("**/provider/")
        expect(banner).to_have_count(0)
        page.close()
