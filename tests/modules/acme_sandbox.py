"""Acme Pay's sandbox: the API that the example gateway talks to, on loopback; it imports nothing of the platform."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from types import TracebackType

Row = dict[str, Any]
PREFIXES = {"checkouts": "co", "payments": "pay", "refunds": "re"}


class Refused(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, code: str) -> None:
        self.status, self.code = status, code
        super().__init__(code)


class Shop:
    """One account: its pages, payments, refunds, events and books."""

    def __init__(self, name: str, now: int) -> None:
        self.name, self.now = name, now
        self.rows: dict[str, Row] = {}
        self.kept: dict[str, tuple[str, Row]] = {}
        self.events: list[Row] = []
        self.books: list[Row] = []

    def add(self, prefix: str, **fields: Any) -> Row:
        made = {"id": f"{prefix}_{self.name}_{len(self.rows) + 1}", "live": False, **fields}
        self.rows[made["id"]] = made
        return made

    def find(self, prefix: str, name: str) -> Row:
        if not name.startswith(f"{prefix}_") or name not in self.rows:
            raise Refused(404, "not_found")
        return self.rows[name]

    def tell(self, kind: str, name: str) -> None:
        number = len(self.events) + 1
        told = {"id": f"ev_{number}", "kind": kind, "object": name, "account": self.name}
        self.events.append({**told, "live": False, "at": self.now})

    def book(self, kind: str, row: Row, sign: int) -> None:
        line = {"object": row["id"], "kind": kind, "currency": row["currency"]}
        self.books.append({**line, "amount": sign * row["amount"], "at": self.now})

    def press(self, name: str, button: str) -> str:
        """Do what a customer does on a hosted page; return where the browser ends."""
        page = self.find("co", name)
        if page["state"] != "open":
            return str(page["cancel_url"])
        if button != "pay":
            return str(page["url"])
        asked = {word: page[word] for word in ("amount", "currency", "reference")}
        page["payment"] = self.add("pay", state="paid", **asked)
        page["state"] = "complete"
        self.tell("payment.paid", page["payment"]["id"])
        self.book("payment", page["payment"], 1)
        return str(page["return_url"])

    def answer(self, method: str, path: str, body: Row, key: str) -> Row:
        """Answer a call; a key that was used answers what it answered."""
        asked = json.dumps([path, body])
        if key and key in self.kept:
            if self.kept[key][0] != asked:
                raise Refused(409, "key_reused")
            return self.kept[key][1]
        done = self._do(method, path.strip("/").split("/"), body)
        if key:
            self.kept[key] = (asked, done)
        return done

    def _do(self, method: str, words: list[str], body: Row) -> Row:
        match words:
            case ["account"]:
                return {"id": self.name, "live": False}
            case ["checkouts"]:
                made = self.add("co", state="open", payment=None, **body)
                made["url"] = f"http://pay.acme.localhost/{made['id']}"
                return dict(made)
            case ["checkouts", name, "expire"]:
                page = self.find("co", name)
                page["state"] = "expired" if page["state"] == "open" else page["state"]
                return page
            case ["refunds"]:
                return dict(self._refund(body))
            case [noun, "search"]:
                return {"items": self._search(noun, body)}
            case [noun, name] if method == "GET" and noun in PREFIXES:
                return self.find(PREFIXES[noun], name)
        raise Refused(404, "not_found")

    def _search(self, noun: str, body: Row) -> list[Row]:
        if noun == "payments":
            return self._all("pay", reference=body["reference"])
        if noun == "refunds":
            return self._all("re", reference=body["reference"])
        if noun == "events":
            return [one for one in self.events if one["at"] >= body["since"]]
        return [line for line in self.books if body["starts"] <= line["at"] < body["ends"]]

    def _refund(self, body: Row) -> Row:
        paid = self.find("pay", body["payment"])
        given = sum(one["amount"] for one in self._all("re", payment=paid["id"]))
        if not 0 < body["amount"] <= paid["amount"] - given:
            raise Refused(400, "too_much")
        made = self.add("re", state="succeeded", **body)
        self.tell("refund.made", made["id"])
        self.book("refund", made, -1)
        return made

    def _all(self, prefix: str, **fields: Any) -> list[Row]:
        return [
            row
            for row in self.rows.values()
            if row["id"].startswith(f"{prefix}_")
            and all(row.get(word) == value for word, value in fields.items())
        ]


class AcmeSandbox:
    """Accounts by their keys, served while the context is open; `lost` answers are worked out and not sent."""

    def __init__(self, **shops: Shop) -> None:
        self.shops = shops
        self.lost = 0

    def __enter__(self) -> Self:
        sandbox: AcmeSandbox = self

        class Bound(_Handler):
            owner = sandbox

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Bound)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: AcmeSandbox
    # Head and body leave in one packet.
    wbufsize = 65536

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keep requests off the terminal."""

    def do_GET(self) -> None:
        self._serve({})

    def do_POST(self) -> None:
        self._serve(json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0))))

    def _serve(self, body: Row) -> None:
        try:
            status, found = 200, self._answer(body)
        except Refused as refused:
            status, found = refused.status, {"code": refused.code, "message": refused.code}
        if self.owner.lost and self.command == "POST":
            self.owner.lost -= 1
            self.close_connection = True
            return
        shown = json.dumps(found).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(shown)))
        self.end_headers()
        self.wfile.write(shown)

    def _answer(self, body: Row) -> Row:
        shop = self.owner.shops.get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if shop is None:
            raise Refused(401, "authentication")
        return shop.answer(self.command, self.path, body, self.headers.get("Idempotency-Key", ""))
