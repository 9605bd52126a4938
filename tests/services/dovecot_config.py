"""Dovecot's configuration file for a test instance."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.services.certificates import Certificates


@dataclass(frozen=True, kw_only=True)
class Options:
    """What differs between instances."""

    capability: str | None = None
    """The whole CAPABILITY answer after login, to hide extensions (IDLE, CONDSTORE); None: all that Dovecot has."""
    hibernate_s: int = 0
    """Idle connections are parked in one small process after this long; 0: never. For many connections."""
    connections: int = 200
    """How many IMAP sessions at once."""
    compress: bool = False
    """Offer COMPRESS=DEFLATE."""


def text(
    directory: Path, ports: tuple[int, int], certificates: Certificates, introspection: str, options: Options
) -> str:
    """The file's content. One statement per line, as Dovecot 2.3 wants it."""
    return "\n".join(_lines(directory, ports, certificates, introspection, options)) + "\n"


def _lines(
    directory: Path, ports: tuple[int, int], certificates: Certificates, introspection: str, options: Options
) -> Iterator[str]:
    yield f"base_dir = {directory}/run"
    yield f"state_dir = {directory}/state"
    yield f"log_path = {directory}/mail.log"
    yield "protocols = imap"
    yield "listen = 127.0.0.1"
    yield "ssl = yes"
    yield f"ssl_cert = <{certificates.certificate}"
    yield f"ssl_key = <{certificates.key}"
    yield "disable_plaintext_auth = no"
    yield "auth_mechanisms = plain login xoauth2 oauthbearer"
    yield "auth_failure_delay = 0"
    yield f"mail_location = maildir:{directory}/mail/%u"
    yield "mailbox_idle_check_interval = 1 secs"
    yield "mail_max_userip_connections = 0"
    yield "first_valid_uid = 1"
    yield "first_valid_gid = 0"
    special = (f"mailbox {name} {{\nspecial_use = \\{name}\n}}" for name in ("Archive", "Junk", "Sent", "Trash"))
    yield from _block("namespace inbox", "inbox = yes", *special)
    if options.capability is not None:
        yield f"imap_capability = {options.capability}"
    if options.hibernate_s:
        yield f"imap_hibernate_timeout = {options.hibernate_s} secs"
    if options.compress:
        yield "mail_plugins = zlib"
        yield from _block("protocol imap", "mail_plugins = zlib imap_zlib")
    yield from _block(
        "passdb", "driver = oauth2", "mechanisms = xoauth2 oauthbearer", f"args = {_oauth(directory, introspection)}"
    )
    # A file per user: Dovecot looks for changes in a file only once a second.
    users = ("driver = passwd-file", f"args = username_format=%u {directory}/users/%u")
    yield from _block("passdb", *users)
    yield from _block("userdb", *users)
    yield from _accounts()
    yield from _services(ports, options)


def _oauth(directory: Path, introspection: str) -> Path:
    """Write the file that the oauth2 driver reads and return its path."""
    path = directory / "oauth2.conf"
    path.write_text(
        f"introspection_url = {introspection}\nintrospection_mode = post\nusername_attribute = username\n"
        "active_attribute = active\nactive_value = true\n"
    )
    return path


def _accounts() -> Iterator[str]:
    """Which system accounts its processes run as."""
    if os.geteuid() == 0:
        yield "default_login_user = nobody"
        yield "default_internal_user = nobody"
        yield "default_internal_group = nogroup"
        return
    entry = pwd.getpwuid(os.geteuid())
    yield f"default_login_user = {entry.pw_name}"
    yield f"default_internal_user = {entry.pw_name}"
    yield f"default_internal_group = {os.getegid()}"


def _services(ports: tuple[int, int], options: Options) -> Iterator[str]:
    chroot = () if os.geteuid() == 0 else ("chroot =",)
    clients = options.connections * 4
    listeners = [f"inet_listener {name} {{\nport = {port}\n{extra}}}" for name, port, extra in
                 (("imap", ports[0], ""), ("imaps", ports[1], "ssl = yes\n"))]  # fmt: skip
    login = (
        *chroot,
        "service_count = 0",
        f"client_limit = {clients}",
        f"process_limit = {options.connections}",
        *listeners,
    )
    yield from _block("service imap-login", *login)
    master = "unix_listener imap-master {\nuser = nobody\n}"
    yield from _block(
        "service imap", f"process_limit = {options.connections + 50}", *([master] if options.hibernate_s else [])
    )
    limit = f"client_limit = {clients + 1000}"
    # After a refused login Dovecot makes everybody from that address wait for seconds; without this socket it doesn't.
    yield from _block("service anvil", *chroot, limit, "unix_listener anvil-auth-penalty {\nmode = 0\n}")
    yield from _block("service stats", *chroot, limit)
    yield from _block("service auth", limit)
    if options.hibernate_s:
        parked = "unix_listener imap-hibernate {\nmode = 0666\n}"
        yield from _block("service imap-hibernate", f"client_limit = {clients}", parked)


def _block(name: str, *lines: str) -> Iterator[str]:
    yield f"{name} {{"
    yield from lines
    yield "}"
