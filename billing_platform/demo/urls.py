"""The routes of the demo's own pages; included only where `DEMO` is on."""

from django.urls import URLPattern, path

from billing_platform.demo.views import guide, mail_detail, mail_html, mail_list, statement_file

urlpatterns: list[URLPattern] = [
    path("", guide, name="demo-guide"),
    path("bank/<slug:slug>.xml", statement_file, name="demo-statement"),
    path("mail/", mail_list, name="demo-mails"),
    path("mail/<slug:name>/", mail_detail, name="demo-mail"),
    path("mail/<slug:name>/html/", mail_html, name="demo-mail-html"),
]
