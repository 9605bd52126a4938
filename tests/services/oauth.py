"""A token introspection endpoint (RFC 7662) for Dovecot's XOAUTH2: tokens are valid while granted."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs


class Introspection:
    """The endpoint, in a thread of its own."""

    def __init__(self) -> None:
        self._users: dict[str, str] = {}
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

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _endpoint(self) -> type[BaseHTTPRequestHandler]:
        users = self._users

        class Endpoint(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
                user = users.get(form.get("token", [""])[0])
                body = json.dumps({"active": user is not None, "username": user or ""}).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing: tokens are in the requests."""

        return Endpoint
