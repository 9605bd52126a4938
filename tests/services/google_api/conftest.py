"""A client of the fake that trusts nothing: every answer is held against the published schema."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest

from tests.services import gmail_schema
from tests.services.google import Google

USER = "kim@example.org"
MAIL = (
    b"From: a@example.org\r\nTo: kim@example.org\r\nSubject: one\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\n"
    b"\r\nHello <you>\r\n"
)


@dataclass
class Said:
    """An answer."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        error = self.body["error"]
        assert error["code"] == self.status
        assert error["errors"][0]["message"] == error["message"]
        return str(error["errors"][0]["reason"])


class Api:
    """Calls as the consenting user: `await api("users.messages.get", id=..., format="raw")`."""

    def __init__(self, google: Google, http: aiohttp.ClientSession) -> None:
        self.google, self.http = google, http
        self.token = google.consent(USER).access_token

    async def __call__(
        self, method: str, *, body: object = None, user: str = "me", token: str = "", **query: Any
    ) -> Said:
        document = gmail_schema.published()
        published = document["methods"][method]
        known = published["parameters"].keys() | document["parameters"].keys()
        assert query.keys() <= known, "a parameter that Gmail does not have"
        path = published["path"].replace("{userId}", user).replace("{id}", str(query.pop("id", "")))
        headers = {"Authorization": f"Bearer {token or self.token}"}
        async with self.http.request(
            published["httpMethod"], f"{self.google.url}/{path}", params=query, json=body, headers=headers
        ) as answer:
            said = Said(answer.status, await answer.json() if answer.status != 204 else None, dict(answer.headers))
        if said.status == 200:
            gmail_schema.check(method, said.body)
        return said

    async def all(self, method: str, key: str, **query: Any) -> list[Any]:
        """The items of all pages."""
        items: list[Any] = []
        while True:
            page = (await self(method, **query)).body
            items += page.get(key, [])
            if "nextPageToken" not in page:
                return items
            query["pageToken"] = page["nextPageToken"]


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def api(google: Google, http: aiohttp.ClientSession) -> Api:
    google.create(USER)
    return Api(google, http)
