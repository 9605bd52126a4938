"""A token introspection endpoint (RFC 7662) for Dovecot's XOAUTH2: tokens are valid while granted."""

from __future__ import annotations

import json
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote


class Introspection:
    """The endpoint, in a thread of its own."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}
        self._issuers: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._endpoint())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What Dovecot posts tokens to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/introspect"

    def grant(self, token: str, user: str) -> None:
        """The token is valid for this user from now on."""
        self._users[token] = user

    def revoke(self, token: str) -> None:
        """The token is refused from now on."""
        self._users.pop(token, None)

    def trust(self, url: str) -> None:
        """Tokens that this fake Google (its root URL) knows are valid, too, for whom it names."""
        self._issuers.append(url)

    def whose(self, token: str) -> str | None:
        """The user of a valid token."""
        if token in self._users:
            return self._users[token]
        for issuer in self._issuers:
            try:
                with urllib.request.urlopen(f"{issuer}/tokeninfo?access_token={quote(token)}", timeout=30) as answer:  # noqa: S310 - http to this machine
                    return str(json.load(answer)["email"])
            except OSError:
                pass  # it does not know it, or is gone
        return None

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _endpoint(self) -> type[BaseHTTPRequestHandler]:
        whose = self.whose

        class Endpoint(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                user = whose(form.get("token", [""])[0])
                body = json.dumps({"active": user is not None, "username": user or ""}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: tokens are in the requests."""

        return Endpoint
