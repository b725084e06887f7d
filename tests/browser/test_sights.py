"""Every page of people is a sight, is reached in a test that is named here, or is left out for a reason."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.urls import resolve

from billing_platform.benchmarks.page_routes import FILES, FOREIGN
from tests.browser.sights import SIGHTS
from tests.isolation.routes import ROUTES

if TYPE_CHECKING:
    from tests.browser.sights import Sight

HERE = Path(__file__).parent
# Pages whose address is not known before somebody has done something: the test that does it, and looks at them.
REACHED = {
    "provider-clients-selected": "test_clients.test_all_of_a_page_are_chosen_and_each_is_told_of",
    "provider-clients-result": "test_clients.test_all_of_a_page_are_chosen_and_each_is_told_of",
    "provider-price": "test_plans.test_a_tier_is_added_and_worked_out",
    "provider-upload": "test_uploads.test_the_page_follows_the_reading",
    "recharge-link": "test_links.test_whoever_got_the_mail_pays",
    "provider-document-print": "test_links.test_a_document_is_read_as_it_is_printed",
    "billing-document-print": "test_links.test_a_document_is_read_as_it_is_printed",
    "mfa_authenticate": "test_factors.test_an_authenticator_app_is_asked_for",
    "mfa_view_recovery_codes": "test_factors.test_an_authenticator_app_is_asked_for",
    "mfa_add_webauthn": "test_factors.test_a_passkey_replaces_the_password",
    "mfa_list_webauthn": "test_factors.test_a_passkey_replaces_the_password",
}
ANSWERS_NO_PAGE = "answers with a redirect, or with a few bytes for a script"
AT_A_GATEWAY = "leads on to a gateway's page at once"
OF_THE_LIBRARY = (
    "a form of the login library, in the frame and fields of `password`, `email` and `totp`"
)
LEFT_OUT = {
    **dict.fromkeys(("home", "after-login"), ANSWERS_NO_PAGE),
    **dict.fromkeys(FILES, "a file"),
    **dict.fromkeys(FOREIGN, "a page of another package, of which none is installed here"),
    **dict.fromkeys(("brand-css", "brand-icon", "provider-upload-sample"), "a file"),
    **dict.fromkeys(("provider-upload-rows", "mfa_download_recovery_codes"), "a file"),
    **dict.fromkeys(
        (
            *("billing-payment-continue", "billing-payment-return"),
            *("billing-method-continue", "billing-method-return"),
            *("recharge-link-continue", "recharge-link-return"),
        ),
        AT_A_GATEWAY,
    ),
    **dict.fromkeys(
        (
            *("account_confirm_email", "account_confirm_login_code", "account_set_password"),
            *("account_email_verification_sent", "account_inactive", "account_reauthenticate"),
            *("account_reset_password_from_key", "account_reset_password_from_key_done"),
            *("mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_edit_webauthn"),
            *("mfa_remove_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
        ),
        OF_THE_LIBRARY,
    ),
    "mfa_login_webauthn": ANSWERS_NO_PAGE,
}


def page_of(sight: Sight) -> str:
    """Return the name of the route that a sight shows."""
    if sight.page:
        return sight.page
    path = sight.path.partition("?")[0]
    if path.startswith("client:"):
        path = f"/provider/clients/ten_any/{path.partition('/')[2]}"
    return str(resolve(path).url_name)


def pages() -> set[str]:
    """Return the names of all pages that people open: no lists as files, nothing that is only sent."""
    return {
        route.name
        for route in ROUTES
        if (route.method == "get" or route.name == "provider-setting")
        and not route.name.endswith("-csv")
    }


class TestSights:
    def test_show_every_page(self) -> None:
        shown = {page_of(sight) for sight in SIGHTS if sight.status == 200}

        assert pages() - shown - set(REACHED) - set(LEFT_OUT) == set()

    def test_nothing_is_left_out_that_is_shown_or_is_no_page(self) -> None:
        shown = {page_of(sight) for sight in SIGHTS if sight.status == 200}
        excused = set(REACHED) | set(LEFT_OUT)

        assert excused & shown == set()
        assert excused - pages() - set(FILES) == set()

    @pytest.mark.parametrize("sight", SIGHTS, ids=lambda sight: sight.name)
    def test_say_which_page_their_links_lead_to(self, sight: Sight) -> None:
        assert bool(sight.page) == (">" in sight.path)

    @pytest.mark.parametrize("place", sorted(set(REACHED.values())))
    def test_the_tests_that_reach_the_others_are_there(self, place: str) -> None:
        file, _, name = place.partition(".")

        assert f"def {name}(" in (HERE / f"{file}.py").read_text(encoding="utf-8")
