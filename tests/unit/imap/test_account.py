"""What may be configured."""

from __future__ import annotations

import pytest

from agents.sources.imap import ImapAccount, ImapLimits
from agents.sources.imap.account import is_loopback
from infra.errors import ConfigError
from infra.settings import load


@pytest.mark.parametrize(
    ("changes", "named"), [({"security": "ssl"}, "security='ssl'"), ({"auth": "ntlm"}, "auth='ntlm'")]
)
def test_unknown_words_are_refused_by_name(changes, named):
    with pytest.raises(ConfigError, match=named):
        ImapAccount(account="a", host="h", username="u", secret=str, **changes)


def test_tls_is_the_default():
    account = ImapAccount(account="a", host="h", username="u", secret=str)
    assert (account.security, account.port) == ("tls", 993)


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("LOCALHOST", True),
        ("10.0.0.1", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_loopback_is_known_by_its_name(host, loopback):
    assert is_loopback(host) is loopback


def test_limits_come_from_the_settings():
    settings = load(
        imap_idle_s=7, imap_poll_s=8, imap_timeout_s=9, imap_acts_s=11, mail_max_bytes=5000, first_contact_days=3
    )
    assert ImapLimits.of(settings) == ImapLimits(
        idle_s=7, poll_s=8, timeout_s=9, acts_s=11, mail_max_bytes=5000, first_contact_days=3
    )
