"""Secrets of gateways never show: in no log, no error or its report, no message to a worker, no page, no mail.

A provider connects an account with secrets that stand nowhere else, everything happens that may happen to a payment,
and everything that was written on the way is searched for them.
"""

from __future__ import annotations

import base64
import http.client
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest
from celery.signals import before_task_publish
from django.contrib import admin
from django.core import mail
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from billing_platform.kernel.clock import now
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from gateway_simulators.common.faults import Fault
from payments import tasks
from payments.errors import WrongMode
from payments.errors_gateways import GatewayDown
from payments.models import Credential
from payments.services.connections import create_connection
from tests.payments.desks import DESKS
from tests.payments.shop import SECRET, Shop
from tests.payments.views.test_gateways import browser
from tests.roles import as_role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway_simulators.common.server import SimulatorServer
    from tests.cast import Cast

CARD = "4242424242424242"
# They write whole answers: our code holds them at warnings, whatever the installation's level is.
HUSHED = ("stripe", "paypalrestsdk")
PAGES = ("/provider/gateways/", "/provider/payments/", "/provider/audit/", "/provider/jobs/")
OWN_PAGES = ("/billing/payments/", "/billing/methods/")


def secrets_of(shop: Shop) -> set[str]:
    """Return what nobody may read: keys, their basic form, access tokens, secrets of webhooks, a card's number."""
    entered = shop.desk.open(shop.slug)
    found = {CARD, SECRET}
    if shop.gateway == "stripe":
        objects = shop.server.gateways["stripe"].dump()["accounts"][f"acct_{shop.slug}"]["objects"]
        found |= {one["_secret"] for one in objects if "_secret" in one}
        return found | {entered["secret_key"]}
    name, secret = ("client_id", "client_secret")
    if shop.gateway == "razorpay":
        name, secret = ("key_id", "key_secret")
    basic = f"{entered[name]}:{entered[secret]}".encode()
    found |= {entered[secret], base64.b64encode(basic).decode()}
    apps = shop.server.gateways["paypal"].dump()["apps"].values()
    return found | {one["token"] for one in apps if one["token"]}


@pytest.fixture
def messages() -> Iterator[list[str]]:
    """Collect what is sent to workers."""
    found: list[str] = []

    def note(*, body: Any = None, headers: Any = None, **_: object) -> None:
        found.append(f"{body!r} {headers!r}")

    before_task_publish.connect(note, weak=False)
    yield found
    before_task_publish.disconnect(note)


def report_of(request_data: dict[str, str]) -> list[str]:
    """Return the reports of the error that is being handled, as a page and as text."""
    request = RequestFactory().post("/provider/gateways/new/x", request_data)
    reporter = ExceptionReporter(request, *sys.exc_info())
    return [reporter.get_traceback_html(), reporter.get_traceback_text()]


def everything(shop: Shop) -> list[str]:
    """Let a payment be made, given back, lost and found; return the errors' reports and words on the way."""
    seen = [repr(shop.speaker()), str(shop.speaker())]
    payment = shop.start()
    shop.press(payment, "decline")
    shop.sync(payment)
    shop.press(payment)
    shop.hear()
    shop.sync(payment)
    shop.back(payment, 400)
    shop.hear()
    if shop.speaker().capabilities.saves_methods:
        shop.charge(shop.saved().method_id)
    for mode in ("429", "500", "html502", "reset"):
        shop.server.faults.append(Fault(".*", mode, left=99))
        try:
            shop.start(f"form-{mode}")
        except GatewayDown as error:
            seen += [repr(error), repr(error.__cause__), *report_of(shop.desk.open(shop.slug))]
        shop.server.faults.clear()
    shop.desk.revoke(shop.slug)
    shop.poll(hours=1)
    shop.catch_up()
    seen += [event.error for event in shop.events()]
    with as_role("worker"):
        tasks.poll()
        tasks.catch_up()
    return [*seen, shop.connection.state_note]


def looked_at(shop: Shop, cast: Cast) -> list[str]:
    """Return the pages of staff and customers, and what is kept of who did what."""
    paula, alice = browser(cast, "paula"), browser(cast, "alice")
    row = shop.rows()[0].public_id
    wrong = {f"credential_{name}": value for name, value in shop.desk.open("elsewhere").items()}
    texts = [
        paula.post(
            f"/provider/gateways/new/{shop.gateway}", {**wrong, "label": ""}
        ).content.decode()
    ]
    for client, path in (
        *((paula, path) for path in (*PAGES, f"/provider/gateways/{shop.public_id}/")),
        (paula, f"/provider/payments/{row}/"),
        *((alice, path) for path in (*OWN_PAGES, f"/billing/payments/{row}/")),
    ):
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, path
        texts.append(answer.content.decode())
    with provider_scope(shop.provider_id):
        for table in (
            "payments_attempt",
            "payments_webhook_event",
            "payments_refund",
            "payments_connection",
        ):
            texts += [str(row) for row in fetch_all(f"SELECT t::text FROM {table} t")]
        sealed = Credential.objects.get(connection_id=shop.connection.pk)
        texts.append(f"{sealed.sealed} {sealed.secret_sealed} {sealed.hints} {sealed}")
    return texts


class TestCanaries:
    def test_no_secret_is_ever_written(  # noqa: PLR0917 - fixtures
        self,
        cast: Cast,
        simulated: SimulatorServer,
        messages: list[str],
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        django_capture_on_commit_callbacks: Any,
        gateway: str,
    ) -> None:
        monkeypatch.setattr(logging.root, "level", logging.DEBUG)
        for name in list(logging.root.manager.loggerDict):
            if name.partition(".")[0] not in HUSHED:
                caplog.set_level(logging.DEBUG, logger=name)
        with django_capture_on_commit_callbacks(execute=True):
            shop = Shop.open((cast.nimbus, cast.acme), simulated, gateway, "canary7")
            seen = everything(shop)
            seen += looked_at(shop, cast)
        seen += [*messages, caplog.text, *capfd.readouterr()]
        seen += [f"{one.subject} {one.body} {one.message()}" for one in mail.outbox]

        assert messages
        assert "urllib3" in caplog.text
        secrets = secrets_of(shop)
        assert len(secrets) > 3
        for secret in secrets:
            told = [
                text[max(0, (at := text.find(secret)) - 200) : at + 100]
                for text in seen
                if secret in text
            ]
            assert told == [], secret

    @pytest.fixture(params=sorted(DESKS))
    def gateway(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    def test_the_search_finds_what_is_written(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("urllib3").debug("sk_test_canary7")

        assert "sk_test_canary7" in caplog.text
        assert http.client.HTTPConnection.debuglevel == 0, "it would print whole headers"

    def test_operators_see_no_credentials(self) -> None:
        assert Credential not in admin.site._registry

    def test_a_report_hides_the_variables_of_who_handles_secrets(
        self, cast: Cast, simulated: SimulatorServer
    ) -> None:
        sent = {"secret_key": "sk_live_canary9", "publishable_key": ""}
        with pytest.raises(WrongMode) as caught:
            create_connection(
                provider_id=cast.nimbus, gateway="stripe", label="", credentials=sent, now=now()
            )

        request = RequestFactory().post("/provider/gateways/new/stripe", sent)
        # Without the frame of this test, which is no code of ours.
        reporter = ExceptionReporter(request, caught.type, caught.value, caught.tb.tb_next)
        for told in (reporter.get_traceback_html(), reporter.get_traceback_text()):
            assert "create_connection" in told
            assert "canary9" not in told
