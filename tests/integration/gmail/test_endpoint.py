"""The push endpoint as Google meets it: an ingest process behind a verified certificate, OIDC tokens of every kind."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from base64 import b64encode
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from agents.push.endpoint import MOST_BYTES, PATH
from infra.stack.ports import any_free
from streams.topics import RECEIVED
from tests.integration.gmail.conftest import GmailSite, event_ids, ids
from tests.services import certificates
from tests.services.log import settle

SENDER = "push@project.iam.gserviceaccount.example"
SPOILED: tuple[tuple[dict[str, Any], int], ...] = (
    ({"exp": 1_000_000_000}, 401),
    ({"iss": "https://else.example"}, 401),
    ({"aud": "https://else.example/push"}, 403),
    ({"email": "somebody@else.example"}, 403),
    ({"email_verified": False}, 403),
)


def body(email: str, history_id: int, padding: int = 0) -> bytes:
    data = b64encode(json.dumps({"emailAddress": email, "historyId": history_id}).encode()).decode()
    return json.dumps({"message": {"data": data, "messageId": "1"}, "subscription": "s", "x": "x" * padding}).encode()


async def test_point_8_a_push_over_tls_is_answered_when_its_mails_are_on_the_log(
    shared_gmail_site: GmailSite, tmp_path: Path
) -> None:
    site, port = shared_gmail_site, any_free()[0]
    made = certificates.make(tmp_path)
    chain = tmp_path / "chain.pem"
    chain.write_bytes(made.certificate.read_bytes() + made.key.read_bytes())
    audience = f"https://localhost:{port}{PATH}"
    box = await site.gmail("box")
    process = site.ingest(
        GMAIL_TOPIC="",
        GMAIL_SUBSCRIPTION="",
        GMAIL_POLL_S="3000",
        PUSH_PORT=str(port),
        PUSH_CERTIFICATE=str(chain),
        PUSH_AUDIENCE=audience,
        PUSH_SERVICE_ACCOUNT=SENDER,
        PUSH_CERTS_URL=f"{site.google.url}/oauth2/v1/certs",
        PUSH_COMMIT_S="60",
    )
    await site.until_status(lambda said: (said.counts or {})["in_step"] == 1)
    good = site.google.sign_id_token(audience, email=SENDER)
    trusting = ssl.create_default_context(cafile=made.ca)
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(120)) as http:

        async def push(token: str, content: bytes) -> int:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            async with http.post(audience, data=content, headers=headers, ssl=trusting) as answer:
                return answer.status

        new = site.google.deliver(box, generated=3)
        began = time.monotonic()
        assert await push(good, body(box, site.google.history_id(box))) == 204
        assert time.monotonic() - began < 30, "not when the time for it was over"
        # No waiting for them, which is what 204 means; a commit is acknowledged a moment before its marker is written.
        await asyncio.to_thread(settle, site.settings.kafka_bootstrap_servers, RECEIVED.name)
        assert set(ids(await site.received())) == event_ids("box", new)

        content = body(box, site.google.history_id(box))
        spoiled = [site.google.sign_id_token(audience, **{"email": SENDER, **claims}) for claims, _ in SPOILED]
        assert [await push(token, content) for token in spoiled] == [status for _, status in SPOILED]
        forged = f"{good.rpartition('.')[0]}.{'A' * 342}"
        assert [await push(token, content) for token in ("", "a.b.c", forged)] == [401, 401, 401]

        assert await push("", b"x" * 10 * MOST_BYTES) == 401  # a stranger's is not even read
        assert await push(good, body(box, 1, padding=MOST_BYTES)) == 413
        assert await push(good, body(box, 1)) == 204

        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await http.post(audience, data=content, ssl=ssl.create_default_context())
        with pytest.raises(aiohttp.ClientError):
            await http.post(audience.replace("https", "http"), data=content)
    process.stop()
    log = process.log.read_text()
    assert [one for one in (good, *spoiled, good.rpartition(".")[2]) if one in log] == []
    assert (await asyncio.to_thread(site.prove, "box"))["ok"]
