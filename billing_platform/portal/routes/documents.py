"""Routes of documents."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import (
    corrections,
    document_files,
    document_mails,
    document_registration,
    document_xml,
    documents,
    mail_texts,
)

_ONE = "provider/invoices/<str:document>"

ROUTES = (
    path("billing/invoices/", documents.own_documents, name="billing-documents"),
    path("billing/invoices.csv", documents.own_documents_csv, name="billing-documents-csv"),
    path("billing/invoices.zip", document_files.own_documents_zip, name="billing-documents-zip"),
    path("billing/invoices/<str:document>/", documents.own_document, name="billing-document"),
    path(
        "billing/invoices/<str:document>/<str:syntax>.xml",
        document_xml.own_document_xml,
        name="billing-document-xml",
    ),
    path(
        "billing/invoices/<str:document>/pdf/",
        document_files.own_document_pdf,
        name="billing-document-pdf",
    ),
    path(
        "billing/invoices/<str:document>/print/",
        document_files.own_document_print,
        name="billing-document-print",
    ),
    path("provider/invoices/", documents.documents, name="provider-documents"),
    path("provider/invoices.csv", documents.documents_csv, name="provider-documents-csv"),
    path(
        "provider/invoices.zip", document_files.staff_documents_zip, name="provider-documents-zip"
    ),
    path("provider/invoices/<str:document>/", documents.document, name="provider-document"),
    path(
        "provider/invoices/<str:document>/<str:syntax>.xml",
        document_xml.document_xml,
        name="provider-document-xml",
    ),
    path(
        "provider/invoices/<str:document>/pdf/",
        document_files.staff_document_pdf,
        name="provider-document-pdf",
    ),
    path(
        "provider/invoices/<str:document>/print/",
        document_files.staff_document_print,
        name="provider-document-print",
    ),
    path(
        "provider/invoices/<str:document>/mail", document_mails.send, name="provider-document-mail"
    ),
    path(
        "provider/invoices/<str:document>/register",
        document_registration.register,
        name="provider-document-register",
    ),
    path(f"{_ONE}/credit", corrections.credit, name="provider-document-credit"),
    path(f"{_ONE}/write-off", corrections.write_off, name="provider-document-write-off"),
    path(f"{_ONE}/write-off/back", corrections.take_back, name="provider-write-off-back"),
    path(f"{_ONE}/correction/approve", corrections.approve, name="provider-correction-approve"),
    path(f"{_ONE}/correction/decline", corrections.decline, name="provider-correction-decline"),
    path("provider/mails/", mail_texts.mail_texts, name="provider-mail-texts"),
    path(
        "provider/mails/<str:kind>/<str:language>/",
        mail_texts.mail_text,
        name="provider-mail-text",
    ),
    path(
        "provider/mails/<str:kind>/<str:language>/preview",
        mail_texts.preview,
        name="provider-mail-text-preview",
    ),
    path(
        "provider/mails/<str:kind>/<str:language>/reset",
        mail_texts.reset,
        name="provider-mail-text-reset",
    ),
)
