"""The admin API over HTTP: let in, bounded, checked against its declaration, answered, and written down."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
from aiohttp import web
from aiohttp.typedefs import Handler

from infra.errors import ConfigError, Transient
from monitoring.admin.api import OPERATIONS, Call, Desk, Operation, Schema, Unknown
from monitoring.admin.audit import AuditTrail
from monitoring.admin.checking import NotAllowed, checked, integer_text
from monitoring.admin.limit import RateLimit
from monitoring.admin.openapi import PREFIX, body_schema, document
from monitoring.admin.tokens import Principal, Refused, Role, TokensNow

LONGEST_BODY = 16 * 1024
BURST, FAILURES = 5, 1 / 50
"""Of ADMIN_RATE: calls at once after a rest; refused tokens a second of one address. Whoever has a good one is not
slowed down by others' failures."""
STRANGERS = 10
"""Of ADMIN_RATE: refusals of strangers that are written down at once, and then FAILURES a second, wherever they are."""
PRINCIPAL: web.RequestKey[Principal] = web.RequestKey("principal", Principal)
NOBODY = "nobody"


class _TurnedAway(Exception):
    """The answer that a call gets instead of what it asked for."""

    def __init__(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.headers = status, headers or {}


class Admin:
    """The sub-application, and what it keeps."""

    def __init__(self, desk: Desk, trail: AuditTrail) -> None:
        """Read the tokens.

        Raises:
            ConfigError: an entry of ADMIN_TOKENS is none.
        """
        settings = desk.settings
        self._desk, self._trail = desk, trail
        self._tokens = TokensNow(settings)
        self._remote = settings.admin_remote
        rate = settings.admin_rate
        self._calls = RateLimit(rate, max(1, round(BURST * rate)))
        self._failures = RateLimit(FAILURES * rate, max(1, round(rate)))
        self._strangers = RateLimit(FAILURES * rate, max(1, round(STRANGERS * rate)))

    def app(self) -> web.Application:
        """To be added below /admin."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/openapi.json", self._document)
        for operation in OPERATIONS:
            app.router.add_route(operation.method, operation.path, self._handler(operation))
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Nothing behind it is reached without a token; every call is written down, also one that is refused or breaks
        off. Only what is too much is not: anybody could fill the audit log. It is in `crewai_requests_total`."""
        who = f"{NOBODY} at {request.remote}"
        try:
            principal = self._let_in(request)
            who = principal.name
            request[PRINCIPAL] = principal
            response = await handler(request)
        except _TurnedAway as refusal:
            response = _error(refusal.status, str(refusal))
            response.headers.update(refusal.headers)
        except web.HTTPException as refusal:  # aiohttp's own: no such path or method, a body that is too long
            response = _error(refusal.status, refusal.reason)
            if "Allow" in refusal.headers:
                response.headers["Allow"] = refusal.headers["Allow"]
        except Transient as error:
            response = _error(503, str(error))
        except BaseException:  # a defect of ours, or the end of this process: it may have been done all the same
            self._trail.called(who, _call(request), 500)
            raise
        if response.status != 429 and (PRINCIPAL in request or not self._strangers.wait_s(NOBODY)):
            self._trail.called(who, _call(request), response.status)
        return response

    def _let_in(self, request: web.Request) -> Principal:
        if not self._remote and not _is_loopback(request.remote):
            raise _TurnedAway(403, "only from this machine, unless ADMIN_REMOTE=true")
        try:
            principal = self._tokens.admit(request.headers.get("Authorization"), datetime.now(UTC))
        except Refused as refused:
            self._bound(self._failures, request.remote or "")
            raise _TurnedAway(401, str(refused), {"WWW-Authenticate": 'Bearer realm="triage"'}) from None
        self._bound(self._calls, principal.name)
        return principal

    def _bound(self, limit: RateLimit, caller: str) -> None:
        if wait_s := limit.wait_s(caller):
            raise _TurnedAway(429, "too many calls", {"Retry-After": limit.retry_after(wait_s)})

    async def _document(self, request: web.Request) -> web.Response:
        _require(request, "read")
        return _json(document())

    def _handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            principal = _require(request, operation.role)
            try:
                call = await _read(request, operation, principal.name)
                return _json(await operation.answer(self._desk, call))
            except Unknown as error:
                return _error(404, str(error))
            except NotAllowed as error:
                return _error(400, str(error))
            except ConfigError as error:
                return _error(409, str(error))

        return handle


def _is_loopback(address: str | None) -> bool:
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False


def _require(request: web.Request, role: Role) -> Principal:
    principal = request[PRINCIPAL]
    if not principal.may(role):
        raise _TurnedAway(403, f"the token {principal.name} may only read")
    return principal


async def _read(request: web.Request, operation: Operation, who: str) -> Call:
    """What was asked.

    Raises:
        NotAllowed: it does not follow the declaration.
        Unknown: the path leads nowhere.
    """
    parameters = {name: request.match_info[name] for name in operation.path_parameters}
    try:
        checked(parameters, {"properties": _without_patterns(operation.path_parameters)}, "parameter")
    except NotAllowed as error:
        raise Unknown(str(error)) from None
    if unknown := set(request.query) - set(operation.query):
        raise NotAllowed(f"unknown parameters: {', '.join(sorted(map(repr, unknown)))[:200]}")
    query = {name: integer_text(text, operation.query[name]) for name, text in request.query.items()}
    checked(query, {"properties": operation.query, "required": operation.query_required}, "parameter")
    body = await _body(request, operation)
    return Call(who=who, parameters={**parameters, **{name: str(value) for name, value in query.items()}}, body=body)


def _without_patterns(schemas: Mapping[str, Schema]) -> dict[str, Schema]:
    """Names are looked up by the call, which says better what there is."""
    return {name: {key: value for key, value in one.items() if key != "pattern"} for name, one in schemas.items()}


async def _body(request: web.Request, operation: Operation) -> Mapping[str, Any]:
    raw = await _bounded(request)
    if operation.body is None:
        if raw:
            raise NotAllowed("this call takes no body")
        return {}
    if not raw and not operation.required:
        return {}
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise NotAllowed("the body is not JSON") from None
    if not isinstance(body, dict):
        raise NotAllowed("the body is not a JSON object")
    checked(body, body_schema(operation), "property")
    return body


async def _bounded(request: web.Request) -> bytes:
    """The body; aiohttp's own bound is the whole application's."""
    raw = b""
    async for chunk in request.content.iter_any():
        raw += chunk
        if len(raw) > LONGEST_BODY:
            raise _TurnedAway(413, f"a body has at most {LONGEST_BODY} bytes")
    return raw


def _call(request: web.Request) -> str:
    """Method and declared route, which bounds what a stranger can have written down."""
    resource = request.match_info.route.resource
    return f"{request.method[:10]} {resource.canonical if resource else PREFIX + '/...'}"


def _json(content: object, status: int = 200) -> web.Response:
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/json")


def _error(status: int, text: str) -> web.Response:
    return _json({"error": text}, status)
