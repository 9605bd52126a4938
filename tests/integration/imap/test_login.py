"""MAIL.md, IMAP: 9 XOAUTH2, 10 TLS, plain text and secrets. On a real Dovecot."""

from __future__ import annotations

import base64
import logging
import socket
import traceback
from dataclasses import replace

import pytest

from agents.sources.base import AuthFailed, ProviderTransient
from agents.sources.imap import ImapAccount, connection, list_folders, login, probe
from infra.errors import ConfigError
from tests.integration.following import Follower, read_all
from tests.integration.imap.conftest import ImapMailbox
from tests.integration.source_conformance import mail
from tests.services import certificates

SECRETS = ["planted-s3cret", "planted-tok3n"]


@pytest.fixture
def encrypted(mailbox: ImapMailbox) -> dict[str, object]:
    """What an account needs for TLS."""
    return {"port": mailbox.server.tls_port, "security": "tls", "cafile": mailbox.server.ca_file}


async def test_point_9_xoauth2_logs_in(mailbox: ImapMailbox, unique):
    await mailbox.deliver(mail("one"))
    mailbox.server.tokens.grant(f"token{unique}", mailbox.user)
    follower = await read_all(mailbox.source(auth="xoauth2", secret=lambda: f"token{unique}"))
    assert len(follower.mails) == 1


async def test_point_9_a_rejected_token_is_refused_within_the_bound(mailbox: ImapMailbox):
    """The server answers with a challenge that wants an empty line; waiting for a verdict without it would hang."""
    with pytest.raises(AuthFailed, match="auth refresh"):
        await read_all(mailbox.source(auth="xoauth2", secret=lambda: "expired"))


async def test_point_9_the_secret_is_asked_for_at_every_login(mailbox: ImapMailbox, unique):
    """So a refreshed token is taken up by the next connection; the callable may be asynchronous."""
    tokens = iter(["expired", f"token{unique}"])

    async def current() -> str:
        return next(tokens)

    mailbox.server.tokens.grant(f"token{unique}", mailbox.user)
    source = mailbox.source(auth="xoauth2", secret=current)
    with pytest.raises(AuthFailed):
        await read_all(source)
    await read_all(source)


async def test_point_10_tls_with_the_right_authority(mailbox: ImapMailbox, encrypted):
    await mailbox.deliver(mail("one"))
    async with Follower(mailbox.source(**encrypted)) as follower:
        await follower.until_found(1)
        await mailbox.deliver(mail("two"))
        await follower.until_found(1)


async def test_point_10_starttls(mailbox: ImapMailbox):
    await mailbox.deliver(mail("one"))
    follower = await read_all(mailbox.source(security="starttls", cafile=mailbox.server.ca_file))
    assert len(follower.mails) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_point_10_a_certificate_is_verified_by_default(mailbox: ImapMailbox, tmp_path, security):
    """Another authority, and the system's: no secret is sent, and the error names the remedy."""
    other = certificates.make(tmp_path).ca
    port = mailbox.server.tls_port if security == "tls" else mailbox.server.port
    for cafile in (other, None):
        with pytest.raises(ProviderTransient, match=r"certificate is not trusted .*set cafile"):
            await read_all(mailbox.source(port=port, security=security, cafile=cafile))


async def test_point_10_the_host_name_is_verified(mailbox: ImapMailbox, encrypted, monkeypatch):
    """The right authority is not enough: the certificate is for 127.0.0.1 and localhost."""

    async def there(account: ImapAccount) -> list[tuple[socket.AddressFamily, tuple[object, ...]]]:
        return [(socket.AF_INET, ("127.0.0.1", account.port))]

    monkeypatch.setattr(connection, "resolve", there)
    with pytest.raises(ProviderTransient, match=r"not trusted \(Hostname mismatch.*correct the host name"):
        await read_all(mailbox.source(**encrypted | {"host": "mail.example.org"}))


async def test_point_10_tls_to_a_plain_port_says_what_to_check(mailbox: ImapMailbox, encrypted):
    with pytest.raises(ProviderTransient, match="check port and security"):
        await read_all(mailbox.source(**encrypted | {"port": mailbox.server.port}))


async def test_point_10_plain_to_a_tls_port_is_bounded(mailbox: ImapMailbox, encrypted):
    limits = replace(mailbox.limits, timeout_s=3)  # also for connecting, which a busy machine is slow at
    with pytest.raises(ProviderTransient, match=r"check port and security|closed"):
        await read_all(mailbox.source(limits=limits, port=mailbox.server.tls_port))


async def test_point_10_an_unreadable_cafile_is_named(mailbox: ImapMailbox, encrypted, tmp_path):
    with pytest.raises(ProviderTransient, match="check cafile="):
        await read_all(mailbox.source(**encrypted | {"cafile": tmp_path / "missing.pem"}))


@pytest.mark.parametrize("host", ["mail.example.org", "192.0.2.1", "127.example.org"])
def test_point_10_plain_text_leaves_this_machine_only_when_asked_in_so_many_words(host):
    with pytest.raises(ConfigError, match="allow_plaintext"):
        ImapAccount(account="a", host=host, security="plain", username="u", secret=str)
    ImapAccount(account="a", host=host, security="plain", username="u", secret=str, allow_plaintext=True)


@pytest.mark.parametrize("way", ["PLAIN", "LOGIN", "XOAUTH2"])
async def test_point_10_a_secret_is_in_no_log_line_no_error_and_no_repr(dovecot, unique, caplog, monkeypatch, way):
    """Planted secrets, every logger at DEBUG, accepted and refused; also inside base64. Nor is the mails' content."""
    if way == "LOGIN":
        monkeypatch.setattr(login, "_PLAIN", "AUTH=NEVER")
    good, bad = SECRETS
    mailbox = ImapMailbox(dovecot, f"u{unique}", password=good)
    dovecot.tokens.grant(good, mailbox.user)
    await mailbox.deliver(mail("planted-content"))
    texts = []
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="aioimaplib.aioimaplib"):
        for secret in (good, bad):
            source = mailbox.source(
                auth="xoauth2" if way == "XOAUTH2" else "password", secret=lambda given=secret: given
            )
            texts.append(repr(source._account))
            try:
                texts.append(str((await read_all(source)).cursor))
            except AuthFailed as error:
                texts += [str(error), repr(error), *traceback.format_exception(error)]
    assert any("refused the login" in text for text in texts)
    everything = "\n".join([*texts, *(record.getMessage() + str(record.__dict__) for record in caplog.records)])
    assert "planted-content" not in everything
    for secret in SECRETS:
        assert secret not in everything
        for shift in range(3):  # however it stands inside base64
            assert base64.b64encode(b"\0" * shift + secret.encode())[4:-4].decode() not in everything


async def test_a_probe_names_every_step(mailbox: ImapMailbox, encrypted):
    steps = await probe(mailbox.account(**encrypted, folders=("INBOX", "Nowhere")), mailbox.limits)
    assert [(step.name, step.ok) for step in steps] == [
        ("dns", True), ("tcp", True), ("tls", True), ("auth", True),
        ("capabilities", True), ("folders", True), ("folder INBOX", True), ("folder Nowhere", False),
    ]  # fmt: skip
    assert "certificate of localhost verified, 6 days left" in steps[2].detail
    assert all(step.ms is not None for step in steps if step.name != "capabilities")
    assert "IDLE" in steps[4].detail


@pytest.mark.parametrize(
    ("changes", "failing", "remedy"),
    [
        ({"host": "no-such-host.invalid"}, "dns", "check host"),
        ({"port": 1}, "tcp", "check host, port and firewall"),
        ({"cafile": None}, "tls", "set cafile"),
        ({"secret": lambda: "wrong"}, "auth", "check username and secret"),
        ({"secret": lambda: ""}, "auth", "the secret is empty"),
    ],
)
async def test_a_probe_stops_at_the_first_failure_with_its_remedy(mailbox, encrypted, changes, failing, remedy):
    steps = await probe(mailbox.account(**encrypted | changes), mailbox.limits)
    assert (steps[-1].name, steps[-1].ok) == (failing, False)
    assert remedy in steps[-1].detail
    assert all(step.ok for step in steps[:-1])


async def test_folders_that_cannot_be_opened_are_not_listed(mailbox: ImapMailbox):
    with mailbox.client() as client:
        client.create("Projects.Alpha")
    folders = await list_folders(mailbox.account(), mailbox.limits)
    assert "INBOX" in folders
    assert "Projects.Alpha" in folders
    assert "Projects" not in folders
