"""Addresses, proofs of place and exemptions with certificates, also with hostile words in them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from billing_platform.kernel.scope import provider_scope, tenant_scope
from tax.errors import (
    AlreadyAsked,
    ExemptionDecided,
    ExemptionNotFound,
    InvalidAddress,
    InvalidCertificate,
    InvalidPeriod,
    InvalidPlace,
    InvalidProof,
    TooManyExemptions,
)
from tax.models import Exemption
from tax.selectors.calculation import tax_for
from tax.selectors.profiles import certificate_file, tax_profile
from tax.services.exemptions import WAITING_MAX, ask_exemption, decide_exemption
from tax.services.profiles import record_proof, save_tax_address
from tax.types import TaxAddress
from tenants.selectors.profiles import tenant_profile
from tests.cast import NOW
from tests.factories.tax import SINCE, TODAY, line, register_in_germany

if TYPE_CHECKING:
    from pathlib import Path

    from tax.types import TaxProfileView
    from tests.cast import Cast

HOSTILE = '"><script>alert(1)</script> =cmd|’ \u202eevil'
PDF = b"%PDF-1.7 a certificate"


def save(cast: Cast, **fields: Any) -> None:
    values = {"legal_name": "Acme GmbH", "street": "Weg 1", **fields.pop("texts", {})}
    with tenant_scope(cast.nimbus, cast.acme):
        save_tax_address(
            provider_id=cast.nimbus,
            tenant_id=cast.acme,
            address=TaxAddress(**fields),
            now=NOW,
            **values,
        )


def seen(cast: Cast) -> TaxProfileView:
    with tenant_scope(cast.nimbus, cast.acme):
        return tax_profile(cast.nimbus, cast.acme, now=NOW)


def send(cast: Cast, **fields: Any) -> str:
    values = {
        "country": "DE",
        "region": "",
        "certificate": "C-1",
        "begins": SINCE,
        "ends": None,
        "file_name": "c.pdf",
        "content": PDF,
        **fields,
    }
    with tenant_scope(cast.nimbus, cast.acme):
        return ask_exemption(provider_id=cast.nimbus, tenant_id=cast.acme, now=NOW, **values)


def decide(cast: Cast, public_id: str, state: str) -> None:
    with provider_scope(cast.nimbus):
        decide_exemption(
            provider_id=cast.nimbus,
            tenant_id=cast.acme,
            public_id=public_id,
            state=state,
            note="",
            user_id=cast.users["bill"],
            now=NOW,
        )


class TestAddress:
    def test_is_kept_and_is_a_proof_of_place_once(self, cast: Cast) -> None:
        for _ in range(2):
            save(cast, country="DE", postcode="10115", city="Berlin")

        profile = seen(cast)
        assert profile.address == TaxAddress(country="DE", postcode="10115", city="Berlin")
        (proof,) = profile.proofs
        assert (proof.kind, proof.country, proof.detail) == ("address", "DE", "Weg 1, 10115 Berlin")

    def test_keeps_what_else_the_company_said(self, cast: Cast) -> None:
        save(cast, country="DE", texts={"legal_name": HOSTILE})

        with provider_scope(cast.nimbus):
            assert tenant_profile(cast.nimbus, cast.acme).legal_name == HOSTILE

    @pytest.mark.parametrize(
        "fields",
        [
            {"country": "XX"},
            {"country": "de"},
            {"country": "IN", "region": "99"},
            {"country": "US", "region": "California"},
            {"country": "DE", "city": "\x00"},
            {"country": "DE", "postcode": "1" * 17},
        ],
    )
    def test_refuses_what_cannot_be(self, cast: Cast, fields: dict[str, str]) -> None:
        with pytest.raises(InvalidAddress):
            save(cast, **fields)
        assert seen(cast).address == TaxAddress()

    @pytest.mark.parametrize(
        ("country", "kind", "detail"),
        [("XX", "ip", "x"), ("DE", "tea", "x"), ("DE", "ip", " "), ("DE", "ip", "\x00")],
    )
    def test_proofs_name_a_country_and_what_they_rest_on(
        self, cast: Cast, country: str, kind: str, detail: str
    ) -> None:
        with provider_scope(cast.nimbus), pytest.raises(InvalidProof):
            record_proof(
                provider_id=cast.nimbus,
                tenant_id=cast.acme,
                kind=kind,
                country=country,
                detail=detail,
                now=NOW,
            )


@pytest.mark.usefixtures("uploads_folder")
class TestExemption:
    def test_counts_from_its_acceptance_until_it_is_withdrawn(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            register_in_germany(cast.nimbus)
        public_id = send(cast)

        def code() -> str:
            with tenant_scope(cast.nimbus, cast.acme):
                found = tax_for(
                    provider_id=cast.nimbus,
                    tenant_id=cast.acme,
                    lines=[line(100)],
                    on=TODAY,
                    address=TaxAddress(country="DE"),
                )
            return found.groups[0].code

        codes = [code()]
        for state in ("accepted", "withdrawn"):
            decide(cast, public_id, state)
            codes.append(code())

        assert codes == ["S", "E", "S"]

    def test_is_decided_once(self, cast: Cast) -> None:
        public_id = send(cast)
        decide(cast, public_id, "refused")
        decide(cast, public_id, "refused")

        with pytest.raises(ExemptionDecided):
            decide(cast, public_id, "accepted")
        with (
            provider_scope(cast.nimbus),
            pytest.raises(IntegrityError, match="does not go"),
            transaction.atomic(),
        ):
            Exemption.objects.filter(public_id=public_id).update(state="accepted")

    def test_tenants_cannot_accept_their_own(self, cast: Cast) -> None:
        send(cast)
        with tenant_scope(cast.nimbus, cast.acme):
            rows = Exemption.objects.filter(provider_id=cast.nimbus)
            assert rows.update(state="accepted", decided_at=NOW) == 0

    def test_the_file_comes_back_as_what_it_is(self, cast: Cast) -> None:
        public_id = send(cast, file_name=f"../../{HOSTILE}.html")

        with tenant_scope(cast.nimbus, cast.acme):
            file = certificate_file(cast.nimbus, cast.acme, public_id)
        assert (file.content, file.kind) == (PDF, "application/pdf")
        with tenant_scope(cast.nimbus, cast.globex), pytest.raises(ExemptionNotFound):
            certificate_file(cast.nimbus, cast.globex, public_id)

    def test_what_fails_or_is_too_much_leaves_no_file(
        self, cast: Cast, uploads_folder: Path
    ) -> None:
        with pytest.raises(UnicodeEncodeError):
            send(cast, file_name="\ud800.pdf")
        for number in range(WAITING_MAX):
            send(cast, content=PDF + str(number).encode())
        with pytest.raises(TooManyExemptions):
            send(cast, content=PDF + b"one more")

        files = [path for path in uploads_folder.rglob("*") if path.is_file()]
        assert len(files) == WAITING_MAX

    def test_the_same_again_is_refused_and_leaves_no_file(
        self, cast: Cast, uploads_folder: Path
    ) -> None:
        send(cast)
        with pytest.raises(AlreadyAsked):
            send(cast)

        assert len([path for path in uploads_folder.rglob("*") if path.is_file()]) == 1

    @pytest.mark.parametrize(
        ("fields", "error"),
        [
            ({"content": b"<html><script>"}, InvalidCertificate),
            ({"content": b""}, InvalidCertificate),
            ({"content": PDF + b" " * (5 * 1024 * 1024)}, InvalidCertificate),
            ({"certificate": " "}, InvalidCertificate),
            ({"file_name": "\x00"}, InvalidCertificate),
            ({"ends": date(2025, 1, 1)}, InvalidPeriod),
            ({"country": "<b>"}, InvalidPlace),
            ({"region": "<b>"}, InvalidPlace),
        ],
    )
    def test_refuses(self, cast: Cast, fields: dict[str, Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            send(cast, **fields)
        assert seen(cast).exemptions == ()
