"""Routes of documents."""

from __future__ import annotations

from django.urls import path

from billing_platform.portal.views import document_xml, documents

ROUTES = (
    path("billing/invoices/", documents.own_documents, name="billing-documents"),
    path("billing/invoices.csv", documents.own_documents_csv, name="billing-documents-csv"),
    path("billing/invoices/<str:document>/", documents.own_document, name="billing-document"),
    path(
        "billing/invoices/<str:document>/<str:syntax>.xml",
        document_xml.own_document_xml,
        name="billing-document-xml",
    ),
    path("provider/invoices/", documents.documents, name="provider-documents"),
    path("provider/invoices.csv", documents.documents_csv, name="provider-documents-csv"),
    path("provider/invoices/<str:document>/", documents.document, name="provider-document"),
    path(
        "provider/invoices/<str:document>/<str:syntax>.xml",
        document_xml.document_xml,
        name="provider-document-xml",
    ),
)
