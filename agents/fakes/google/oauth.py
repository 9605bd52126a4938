"""Google's OAuth 2 and OpenID endpoints: consent, tokens, revocation, token information, signing certificates."""

from __future__ import annotations

import asyncio
from base64 import b64decode
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from multidict import MultiMapping

from agents.fakes.google.tokens import Grant, OAuthError, invalid_grant
from agents.fakes.google.wire import Holder, send
from agents.fakes.google.world import World

LOOPBACKS = {"127.0.0.1", "localhost", "::1"}
GOOGLES_AUDIENCE = "https://oauth2.googleapis.com/token"
"""google-auth writes this one into assertions whatever the key file's token_uri."""
ISSUER = "https://accounts.google.com"
JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
FAULTS = {"429": ("rate_limit_exceeded", "Rate limit exceeded"), "404": ("not_found", "Not Found")}


class OAuth:
    """The handlers."""

    def __init__(self, holder: Holder) -> None:
        self._holder = holder

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Each under a short path and under Google's."""
        for path in ("/auth", "/o/oauth2/v2/auth", "/o/oauth2/auth"):
            router.add_get(path, self.authorize)
        router.add_post("/token", self.token)
        router.add_post("/revoke", self.revoke)
        for path in ("/tokeninfo", "/oauth2/v3/tokeninfo"):
            router.add_get(path, self.tokeninfo)
        for path in ("/certs", "/oauth2/v3/certs"):
            router.add_get(path, self.keys)
        router.add_get("/oauth2/v1/certs", self.certificates)

    async def authorize(self, request: web.Request) -> web.Response:
        """The user's browser asks for consent (RFC 6749 section 4.1.1); it is given or denied at once."""
        world, asked = self._holder.world, request.query
        world.requests["oauth.auth"] += 1
        if asked.get("client_id", "") not in world.authority.clients:
            return web.Response(status=401, text="Error 401: invalid_client. The OAuth client was not found.")
        redirect = asked.get("redirect_uri", "")
        if urlsplit(redirect).scheme != "http" or urlsplit(redirect).hostname not in LOOPBACKS:
            return web.Response(status=400, text="Error 400: redirect_uri_mismatch")
        if asked.get("response_type") != "code" or not asked.get("scope"):
            return web.Response(status=400, text="Error 400: invalid_request. Required parameters are missing.")
        if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
            return web.Response(status=400, text="Error 400: invalid_request. code_challenge_method must be S256 here.")
        state = {"state": asked["state"]} if "state" in asked else {}
        user = asked.get("login_hint") or world.consenting or next(iter(world.mailboxes), None)
        if world.consent_denied or user not in world.mailboxes:
            return _redirect(redirect, state | {"error": "access_denied"})
        grant = world.authority.consent(user, asked["client_id"], asked["scope"].split())
        code = world.authority.authorize(grant, redirect, asked.get("code_challenge", ""), world.clock.now())
        return _redirect(redirect, state | {"code": code, "scope": asked["scope"]})

    async def token(self, request: web.Request) -> web.StreamResponse:
        """The token endpoint (RFC 6749 section 3.2)."""
        world = self._holder.world
        world.requests["oauth.token"] += 1
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        fault = world.faults.draw("oauth.token", "")
        if fault is not None and fault.delay_s:
            await asyncio.sleep(fault.delay_s)
        try:
            if fault is not None and fault.effect == "error":
                name = fault.error.partition("-")[0]
                error, words = FAULTS.get(name, ("internal_failure", "Backend Error"))
                raise OAuthError(error, words, int(name))
            body, code = _tokens(world, fields, request.headers), 200
        except OAuthError as error:
            body, code = error.body, error.code
        world.answers[f"oauth.token {code}"] += 1
        return await send(request, code, body, {"Cache-Control": "no-store"}, fault=fault)

    async def revoke(self, request: web.Request) -> web.Response:
        """Token revocation (RFC 7009), with Google's error for unknown tokens."""
        world = self._holder.world
        world.requests["oauth.revoke"] += 1
        form = await request.post()
        token = str(form.get("token") or request.query.get("token", ""))
        if world.authority.revoke(token):
            return web.json_response({})
        return web.json_response(
            {"error": "invalid_token", "error_description": "Token expired or revoked"}, status=400
        )

    async def tokeninfo(self, request: web.Request) -> web.Response:
        """What an access token is good for. Numbers are strings in version 3."""
        world = self._holder.world
        world.requests["oauth.tokeninfo"] += 1
        now = world.clock.now()
        access = world.authority.who(request.query.get("access_token", ""), now)
        if access is None:
            return web.json_response({"error": "invalid_token", "error_description": "Invalid Value"}, status=400)
        grant = access.grant
        return web.json_response(
            {
                "azp": grant.client_id,
                "aud": grant.client_id,
                "scope": " ".join(sorted(grant.scopes)),
                "exp": str(int(access.expires_s)),
                "expires_in": str(int(access.expires_s - now)),
                "email": grant.user,
                "email_verified": "true",
                "access_type": "offline" if grant.refresh_token else "online",
            }
        )

    async def keys(self, _request: web.Request) -> web.Response:
        """The keys of id tokens as a JWK set."""
        world = self._holder.world
        return web.json_response({"keys": [world.key.jwk()]}, headers={"Cache-Control": "public, max-age=20000"})

    async def certificates(self, _request: web.Request) -> web.Response:
        """The same as certificates by key id, which google.oauth2.id_token asks for."""
        key = self._holder.world.key
        return web.json_response({key.id: key.certificate()}, headers={"Cache-Control": "public, max-age=20000"})


def id_token(world: World, audience: str, claims: dict[str, Any]) -> str:
    """A signed OIDC id token for an hour; `claims` override or, with None, remove the usual ones."""
    now = int(world.clock.now())
    usual = {"iss": ISSUER, "aud": audience, "azp": audience, "iat": now, "exp": now + 3600, "email_verified": True}
    merged = usual | claims
    return world.key.sign({name: value for name, value in merged.items() if value is not None})


def _tokens(world: World, fields: dict[str, str], headers: MultiMapping[str]) -> dict[str, Any]:
    authority, now = world.authority, world.clock.now()
    kind = fields.get("grant_type", "")
    if kind == JWT_BEARER:
        audiences = (f"{world.url}/token", GOOGLES_AUDIENCE)
        grant = authority.assert_service(fields.get("assertion", ""), audiences, world.mailboxes, now)
        return authority.answer(grant, now)
    client_id, secret = _client(fields, headers)
    authority.check_client(client_id, secret)
    if kind == "refresh_token":
        return authority.answer(authority.refresh(fields.get("refresh_token", ""), client_id), now)
    if kind == "authorization_code":
        code, redirect, verifier = (fields.get(name, "") for name in ("code", "redirect_uri", "code_verifier"))
        grant = authority.redeem(code, client_id, redirect, verifier, now)
        if grant.revoked:
            raise invalid_grant()
        return authority.answer(grant, now) | {"refresh_token": grant.refresh_token} | _identity(world, grant)
    raise OAuthError("unsupported_grant_type", f"Invalid grant_type: {kind}")


def _identity(world: World, grant: Grant) -> dict[str, str]:
    if "openid" not in grant.scopes:
        return {}
    return {"id_token": id_token(world, grant.client_id, {"email": grant.user, "sub": grant.user})}


def _client(fields: dict[str, str], headers: MultiMapping[str]) -> tuple[str, str]:
    """Client id and secret from the form or from Basic authentication (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            name, _, secret = b64decode(encoded).decode().partition(":")
        except ValueError:
            raise OAuthError("invalid_client", "Unauthorized", 401) from None
        return name, secret
    return fields.get("client_id", ""), fields.get("client_secret", "")


def _redirect(uri: str, parameters: dict[str, str]) -> web.Response:
    joint = "&" if urlsplit(uri).query else "?"
    return web.Response(status=302, headers={"Location": f"{uri}{joint}{urlencode(parameters)}"})
