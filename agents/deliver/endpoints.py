"""DELIVER_FILE: the webhook endpoints, a TOML table `[[endpoint]]` each, checked before anything is delivered."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from agents.accounts.secret import InvalidReference, validate
from infra.errors import ConfigError
from streams.events import VerdictRecord
from streams.topics import LANES
from streams.triage.verdict import Category, Lane

GROUP_PREFIX = "triage-deliver-"
_NAME = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"
_HOST = re.compile(r"[A-Za-z0-9.:%_-]+")


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        fine = parts.scheme in {"http", "https"} and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        fine = False
    if not fine or not text.isascii() or not text.isprintable() or " " in text:
        raise ValueError("https://HOST/PATH is allowed")
    if parts.username is not None or parts.password is not None:
        raise ValueError("no user or password in a URL: deliveries are signed, and URLs end up in logs")
    if parts.fragment:
        raise ValueError("no #fragment: it never reaches a server")
    return text


def _is_host(text: str) -> bool:
    """A name or an address; not 2130706433 or 127.1, which some resolvers take for one."""
    if text.rpartition(".")[2].isdigit() or ":" in text:
        ip_address(text)  # raises ValueError
    return bool(_HOST.fullmatch(text))


def _reference(text: str) -> str:
    try:
        validate(text)
    except InvalidReference as error:
        raise ValueError(str(error)) from None
    return text


class Endpoint(BaseModel):
    """One receiver. Filters that are not given let everything through."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: Annotated[str, Field(pattern=f"^{_NAME}$")]
    """Of letters, digits and hyphens: the consumer group is triage-deliver-NAME."""
    url: Annotated[str, AfterValidator(_url)]
    """Where to POST to; http only inside `allow_networks`."""
    secrets: tuple[Annotated[str, AfterValidator(_reference)], ...] = Field(min_length=1, max_length=3)
    """References env:NAME or file:/PATH. Each signs; a file may hold several (`secret_file`)."""
    lanes: tuple[Lane, ...] = Field(default=tuple(Lane), min_length=1)
    categories: tuple[Category, ...] = Field(default=tuple(Category), min_length=1)
    accounts: tuple[Annotated[str, Field(min_length=1)], ...] = Field(default=("*",), min_length=1)
    """Ids of accounts, or patterns with * and ?."""
    start: Literal["beginning", "now"] = "beginning"
    """Where a new endpoint begins: with all verdicts that the lanes still hold, or with those from now on."""
    timeout_s: float = Field(default=10.0, ge=0.1, le=120)
    """Of one attempt, from the name's resolution to the answer's end."""
    max_in_flight: int = Field(default=8, ge=1, le=256)
    """Attempts under way at the same time, per process."""
    give_up_s: float = Field(default=14_400.0, ge=0, le=14 * 86_400)
    """After its first attempt a delivery is tried again for this long; then it is on mail.undelivered."""
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks (CIDR) that are not public and may be delivered to."""

    @model_validator(mode="after")
    def _encrypted(self) -> Endpoint:
        if self.url.startswith("http:") and not self.allow_networks:
            raise ValueError("url: https is required but where allow_networks names a network of your own")
        return self

    @property
    def group(self) -> str:
        """Its consumer group."""
        return GROUP_PREFIX + self.name

    @property
    def topics(self) -> tuple[str, ...]:
        """Of its lanes."""
        return tuple(LANES[lane].name for lane in Lane if lane in self.lanes)

    def wants(self, verdict: VerdictRecord) -> bool:
        """Whether a verdict of its lanes passes the other filters."""
        return verdict.category in self.categories and any(
            fnmatchcase(verdict.account, pattern) for pattern in self.accounts
        )


def load_endpoints(path: Path) -> tuple[Endpoint, ...]:
    """All endpoints of the file.

    Raises:
        ConfigError: names the file, the endpoint, the field and what is allowed.
    """
    try:
        data = tomllib.loads(path.read_bytes().decode())
    except OSError as error:
        raise ConfigError(f"DELIVER_FILE={path}: cannot be read: {error.strerror}") from None
    except ValueError as error:  # no TOML, no UTF-8, a number of thousands of digits
        raise ConfigError(f"DELIVER_FILE={path}: {error}") from None
    except RecursionError:
        raise ConfigError(f"DELIVER_FILE={path}: arrays or tables within each other without end") from None
    tables = data.pop("endpoint", [])
    if data or not isinstance(tables, list):
        raise ConfigError(f"DELIVER_FILE={path}: {', '.join(data) or 'endpoint'}: only [[endpoint]] tables are allowed")
    complaints: list[str] = []
    endpoints = tuple(_endpoints(tables, complaints))
    complaints += [f"endpoint {name}: the name is used twice" for name in _twice(one.name for one in endpoints)]
    if complaints:
        raise ConfigError("\n".join(f"DELIVER_FILE={path}: {one}" for one in complaints))
    return endpoints


def _endpoints(tables: Iterable[Any], complaints: list[str]) -> Iterator[Endpoint]:
    for number, table in enumerate(tables, 1):
        try:
            yield Endpoint.model_validate(table)
        except ValidationError as error:
            name = table.get("name") if isinstance(table, dict) else None
            label = f"endpoint {name}" if isinstance(name, str) and name.isprintable() else f"endpoint number {number}"
            complaints += [f"{label[:60]}: {_complaint(item)}" for item in error.errors()]


def _complaint(item: Any) -> str:
    """What is wrong. The value is not repeated: in the place of a reference there may be a secret."""
    place = ".".join(map(str, item["loc"]))
    if item["type"] == "extra_forbidden":
        return f"{place}: unknown; allowed are {', '.join(Endpoint.model_fields)}"
    said = item["msg"].removeprefix("Value error, ")
    return f"{place}: {said}" if place else said


def _twice(names: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    return [name for name in names if name in seen or seen.add(name)]  # type: ignore[func-returns-value]
