"""The HTTP side: POST /v1/chat/completions as OpenAI documents it, and commands under /_control/."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter, deque
from typing import Any

from aiohttp import web

from agents.fakes.model.faults import Fault
from agents.fakes.model.judge import Line, obedient, scripted

CHARACTERS_PER_TOKEN = 4
HEARD = 20
"""Earlier prompts that an obedient model blurts out."""


class Server:
    """The model, its script, its faults and what it was asked."""

    def __init__(self) -> None:
        self.script: list[Line] = []
        self.faults: list[Fault] = []
        self.obeys = False
        self.latency_s = 0.0
        self.calls: Counter[str] = Counter()
        self.tokens = 0
        self.busy = 0
        self.most_busy = 0
        self.prompts: deque[str] = deque(maxlen=5_000)
        self._dice = random.Random(1)

    def app(self) -> web.Application:
        """The application."""
        app = web.Application(client_max_size=4 << 20)
        app.router.add_post("/v1/chat/completions", self.complete)
        app.router.add_get("/v1/models", self.models)
        app.router.add_post("/_control/{name}", self.control)
        return app

    async def models(self, _request: web.Request) -> web.Response:
        """GET /v1/models."""
        return web.json_response({"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    async def complete(self, request: web.Request) -> web.StreamResponse:
        """One chat completion."""
        asked = await request.json()
        prompt = "\n".join(_text(message) for message in asked["messages"])
        schema = asked.get("response_format", {}).get("json_schema", {}).get("name", "")
        self.calls[schema or "plain"] += 1
        self.prompts.append(prompt)
        self.busy += 1
        self.most_busy = max(self.busy, self.most_busy)
        try:
            return await self._answer(request, prompt, schema)
        finally:
            self.busy -= 1

    async def _answer(self, request: web.Request, prompt: str, schema: str) -> web.StreamResponse:
        await asyncio.sleep(self.latency_s)
        fault = next((one for one in self.faults if one.befalls(self._dice)), None)
        kind = fault.kind if fault else ""
        if fault is not None:
            self.calls[f"fault {kind}"] += 1
            if (refused := await _refusal(request, fault)) is not None:
                return refused
        heard = list(self.prompts)[-HEARD:-1]
        text = obedient(prompt, schema, heard) if self.obeys else scripted(self.script, prompt, schema)
        if kind == "schema":
            text = json.dumps(json.loads(text) | {"lane": "critical", "deception": "maybe", "summary": 7})
        body = self._completion(prompt, text, kind)
        if fault is not None and kind == "drip":
            return await _drip(request, body, fault.delay_s)
        return web.json_response(body)

    def _completion(self, prompt: str, text: str, kind: str) -> dict[str, Any]:
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        finish = "stop"
        if kind == "truncated":
            message["content"], finish = text[: len(text) // 2], "length"
        elif kind == "filter":
            message["content"], finish = None, "content_filter"
        elif kind == "refusal":
            message |= {"content": None, "refusal": "I cannot help with that."}
        used = (len(prompt) // CHARACTERS_PER_TOKEN, len(message["content"] or "") // CHARACTERS_PER_TOKEN)
        self.tokens += sum(used)
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        return {
            "id": f"chatcmpl-{self.calls.total()}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": "scripted",
            "choices": [] if kind == "empty" else [choice],
            "usage": {"prompt_tokens": used[0], "completion_tokens": used[1], "total_tokens": sum(used)},
        }

    async def control(self, request: web.Request) -> web.Response:
        """Script, faults and latency in; counts and prompts out. 400 says what is wrong with a command."""
        given: dict[str, Any] = await request.json() if request.can_read_body else {}
        try:
            return web.json_response(self._command(request.match_info["name"], given))
        except (KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    def _command(self, name: str, given: dict[str, Any]) -> Any:
        if name == "behave":
            self.script = [Line(**line) for line in given.get("script", ())]
            self.faults = [Fault(**fault) for fault in given.get("faults", ())]
            self.obeys = bool(given.get("obeys", False))
            self.latency_s = float(given.get("latency_s", 0.0))
            return None
        if name == "seen":
            return {"calls": self.calls, "tokens": self.tokens, "most_busy": self.most_busy}
        if name == "prompts":
            return list(self.prompts)
        raise KeyError(name)


async def _refusal(request: web.Request, fault: Fault) -> web.StreamResponse | None:
    """The answer of a fault that needs none of the model's; None: it concerns the answer itself."""
    if fault.kind in {"429", "500", "503"}:
        headers = {} if fault.retry_after_s is None else {"Retry-After": f"{fault.retry_after_s:g}"}
        error = {"message": "on purpose", "type": "server_error", "param": None, "code": None}
        return web.json_response({"error": error}, status=int(fault.kind), headers=headers)
    if fault.kind == "junk":
        return web.Response(text="<html><body>Bad gateway</body></html>", content_type="text/html")
    if fault.kind == "hang":
        await asyncio.sleep(3600)
    if fault.kind == "drop" and request.transport is not None:
        request.transport.close()
    if fault.kind == "slow":
        await asyncio.sleep(fault.delay_s)
    return None


async def _drip(request: web.Request, body: dict[str, Any], seconds: float) -> web.StreamResponse:
    content = json.dumps(body).encode()
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    await answer.prepare(request)
    for start in range(0, len(content), step := max(1, len(content) // 50)):
        await answer.write(content[start : start + step])
        await asyncio.sleep(seconds / 50)
    await answer.write_eof()
    return answer


def _text(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)
