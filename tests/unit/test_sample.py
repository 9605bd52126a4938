"""The bundled sample mailbox: valid, dated relative to now, on reserved domains only, delivered once, labelled in full."""

from __future__ import annotations

import csv
import ipaddress
import mailbox
import re
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from importlib.resources import files
from pathlib import Path

import orjson
import pytest

from agents.sample import OWNER_ADDRESSES, render, templates, unique_name, write_sample
from agents.sample.spoken import spoken_day
from streams.mail import parse
from streams.triage.decide import decide
from streams.triage.shipped import DEFAULT
from streams.triage.verdict import Facts

README = Path(__file__).resolve().parents[2] / "README.md"

NOW = datetime(2026, 11, 24, 9, 10, tzinfo=UTC)  # a Tuesday
MOMENTS = (
    NOW,
    datetime(2026, 3, 7, 23, 59, 59, tzinfo=UTC),  # a Saturday, just before midnight
    datetime(2027, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2028, 2, 29, 12, 30, tzinfo=timezone(timedelta(hours=5, minutes=45))),
    *(datetime(2026, month, 15 + month, 7, 1, tzinfo=UTC) for month in range(1, 13)),  # all months
)
TEMPLATES = templates()
UNDATED = {"scanner-no-date.eml"}
MISLABELLED = {"wrong-charset-lift.eml"}


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def leaves(raw: bytes) -> list[EmailMessage]:
    return [part for part in parsed(raw).walk() if not part.is_multipart()]


def decoded(part: EmailMessage, errors: str = "strict") -> str:
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode(part.get_content_charset("us-ascii"), errors)


def everything_readable(raw: bytes) -> str:
    """Every header field, nested ones too, and every text after transfer decoding, with calendar lines unfolded."""
    headers = [str(value) for part in parsed(raw).walk() for value in part.values()]
    texts = [decoded(part, "replace") for part in leaves(raw) if part.get_content_maintype() == "text"]
    unfolded = [re.sub(r"\r?\n ", "", text) if "BEGIN:VCALENDAR" in text else text for text in texts]  # RFC 5545 §3.1
    return "\n".join([*headers, *unfolded])


def labels() -> list[dict[str, str]]:
    return list(csv.DictReader((files("agents.sample") / "expected.csv").read_text("utf-8").splitlines()))


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_every_template_renders_at_any_moment_into_a_mail_of_the_last_week(now: datetime) -> None:
    for name, template in TEMPLATES.items():
        message = parsed(render(template, now))
        assert message["From"], name
        assert message["Message-ID"], name
        assert not message.defects, name
        if name not in UNDATED:
            assert now - timedelta(days=6) < parsedate_to_datetime(message["Date"]) < now, name


@pytest.mark.parametrize("now", MOMENTS, ids=str)
def test_no_placeholder_is_left_and_every_text_decodes_in_its_own_charset(now: datetime) -> None:
    for name, template in TEMPLATES.items():
        raw = render(template, now)
        assert not re.search(r"\{\{|\}\}", raw.decode("latin-1") + everything_readable(raw)), name
        for part in leaves(raw):
            assert not part.defects, name
            if part.get_content_maintype() == "text" and name not in MISLABELLED:
                assert "\N{REPLACEMENT CHARACTER}" not in decoded(part), name


def test_only_the_mail_that_is_meant_to_be_undated_has_no_date() -> None:
    assert {name for name, raw in TEMPLATES.items() if parsed(render(raw, NOW))["Date"] is None} == UNDATED


def test_a_mislabelled_mail_really_is_mislabelled() -> None:
    for name in MISLABELLED:
        with pytest.raises(UnicodeDecodeError):
            decoded(leaves(render(TEMPLATES[name], NOW))[0])


@pytest.mark.parametrize(
    ("template", "rendered"),
    [
        (b"{{date:-3h}}", "Tue, 24 Nov 2026 06:10:00 +0000"),
        (b"{{date:-20m;+0100}}", "Tue, 24 Nov 2026 09:50:00 +0100"),
        (b"{{date:-30h;-0500}}", "Sun, 22 Nov 2026 22:10:00 -0500"),
        (b"{{day:+1}}", "Wednesday 25 November"),
        (b"{{day:-2d}}", "Sunday 22 November"),
        (b"{{day:+4w}}", "Monday 30 November"),
        (b"{{day:-2w}}", "Friday 20 November"),
        (b"{{day:+1w@10:00;%Y%m%dT%H%M%SZ}}", "20261125T100000Z"),
        (b"{{clock:+3h}}", "12:30"),
        (b"{{clock:+20m}}", "09:30"),
        (b"from {{day:+0;%d.%m.}} to {{day:+31;%d.%m.}}", "from 24.11. to 25.12."),
        (b"{{nothing}} {{day}} {{date:soon}}", "{{nothing}} {{day}} {{date:soon}}"),
        (b"Content-Language: de\n\n{{day:+100}}", "Content-Language: de\n\nDonnerstag, 4. März"),
        (b"Content-Language: ja\n\n{{day:+0}}", "Content-Language: ja\n\n11月24日(火)"),
    ],
)
def test_a_placeholder_names_a_moment_relative_to_now(template: bytes, rendered: str) -> None:
    assert render(template, NOW).decode() == rendered


def test_a_moment_in_another_zone_renders_the_same_mail() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=-8)))
    assert all(render(raw, elsewhere) == render(raw, NOW) for raw in TEMPLATES.values())


@pytest.mark.parametrize(
    ("head", "written"),
    [
        (b"Content-Type: text/plain; charset=iso-8859-1", b"mi\xe9rcoles"),
        (b'Content-Type: text/plain;\n charset="UTF-8"', b"mi\xc3\xa9rcoles"),
        (b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable", b"mi=C3=A9rcoles"),
        (b"Content-Type: text/plain; charset=windows-1252\r\nContent-Transfer-Encoding: 8bit\r", b"mi\xe9rcoles"),
    ],
)
def test_a_spoken_day_is_written_as_the_part_around_it_is_encoded(head: bytes, written: bytes) -> None:
    assert written in render(b"Content-Language: es\n" + head + b"\n\n{{day:+1}}", NOW)


def test_a_language_that_nobody_taught_it_is_an_error() -> None:
    with pytest.raises(KeyError):
        spoken_day(NOW, "xx")


RESERVED = re.compile(r"(?:.+\.)?(?:example|test|example\.(?:com|org|net))", re.IGNORECASE)  # RFC 2606 §2 and §3
ADDRESS = re.compile(r"[\w.+-]@([\w-]+(?:\.[\w-]+)+)")
URL = re.compile(r"\b(?:https?|ftp)://(?:[^\s/\"'<>@]*@)?([^\s/\"'<>:?#)]+)", re.IGNORECASE)
BARE = re.compile(r"\b((?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|app|info|biz|co|eu|uk|de|fr|es|pt|it|nl|pl|jp|cn))\b")
IPV4 = re.compile(r"\b(\d{1,3}(?:\.\d{1,3}){3})\b")
DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]  # RFC 5737


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_address_or_url_leaves_the_reserved_domains(name: str) -> None:
    text = everything_readable(render(TEMPLATES[name], NOW))
    hosts = [host for pattern in (ADDRESS, URL, BARE) for host in pattern.findall(text)]
    assert ADDRESS.search(text)
    assert [host for host in hosts if not RESERVED.fullmatch(host)] == []
    for found in IPV4.findall(text):
        assert any(ipaddress.ip_address(found) in net for net in DOCUMENTATION), found


def test_labels_cover_exactly_the_templates() -> None:
    assert [row["file"] for row in labels()] == list(TEMPLATES)


@pytest.mark.parametrize("row", labels(), ids=lambda row: row["file"])
def test_a_label_follows_the_guideline(row: dict[str, str]) -> None:
    assert row["lane"] in {"urgent", "high", "normal", "low"}
    assert row["category"] in {"work", "personal", "notification", "bulk", "spam", "phishing"}
    assert row["needs_reply"] in {"0", "1"}
    assert row["why"].strip()
    if row["category"] in {"spam", "phishing", "bulk"}:
        assert (row["lane"], row["needs_reply"]) == ("low", "0")
    if row["lane"] == "urgent":
        assert row["needs_reply"] == "1"


def test_it_is_an_honest_mailbox_of_at_least_sixty_mails() -> None:
    lanes = Counter(row["lane"] for row in labels())
    assert lanes.total() >= 64
    assert 4 <= lanes["urgent"] <= 6
    assert 10 <= lanes["high"] <= 14
    assert lanes["normal"] >= 20
    assert lanes["low"] >= 20


def test_the_mails_are_of_many_kinds() -> None:
    mails = [render(raw, NOW) for raw in TEMPLATES.values()]
    parts = [part for raw in mails for part in parsed(raw).walk()]
    types = {part.get_content_type() for part in parts}
    assert types >= {
        *("text/plain", "text/html", "text/calendar", "multipart/alternative", "multipart/mixed", "multipart/related"),
        *("multipart/signed", "multipart/report", "multipart/digest", "message/rfc822", "message/delivery-status"),
        *(
            "application/pgp-signature",
            "application/x-pkcs7-signature",
            "application/pdf",
            "application/zip",
            "image/png",
        ),
    }
    assert {part.get_content_charset() for part in parts} >= {
        *("us-ascii", "utf-8", "iso-8859-1", "iso-8859-2", "iso-8859-15", "windows-1252", "iso-2022-jp", "gb18030"),
    }
    assert {part.get_param("method") for part in parts} >= {"REQUEST", "CANCEL", "REPLY"}
    assert {raw.count(b"\r\n") == raw.count(b"\n") for raw in mails} == {True, False}
    assert max(len(line) for raw in mails for line in raw.splitlines()) > 10_000
    languages = {parsed(raw)["Content-Language"] for raw in mails}
    assert languages >= {"de", "fr", "es", "pt", "it", "nl", "pl", "ja", "zh"}


def test_every_mail_is_different_and_answers_come_after_what_they_answer() -> None:
    mails = {mail["Message-ID"]: mail for mail in (parsed(render(raw, NOW)) for raw in TEMPLATES.values())}
    assert len(mails) == len(TEMPLATES)
    answers = [(mail, mails[mail["In-Reply-To"]]) for mail in mails.values() if mail["In-Reply-To"] in mails]
    assert len(answers) >= 4
    for answer, asked in answers:
        assert parsedate_to_datetime(answer["Date"]) > parsedate_to_datetime(asked["Date"])
        assert asked["Message-ID"] in answer["References"]


def test_what_is_signed_holds_no_placeholder_that_would_break_the_signature() -> None:
    signed = [raw for raw in TEMPLATES.values() if b"multipart/signed" in raw]
    assert len(signed) == 2
    assert all(b"{{" not in raw.partition(b"\n\n")[2] for raw in signed)


def test_the_owner_is_named_in_most_mails() -> None:
    named = [raw for raw in TEMPLATES.values() if any(address.encode() in raw for address in OWNER_ADDRESSES)]
    assert len(named) > len(TEMPLATES) * 3 // 4


def test_it_is_delivered_as_a_maildir_that_the_standard_library_reads(tmp_path: Path) -> None:
    box = tmp_path / "deep" / "sample"
    assert write_sample(box, NOW) == len(TEMPLATES)
    opened = mailbox.Maildir(box, create=False)
    assert set(opened.keys()) == {unique_name(name) for name in TEMPLATES}
    assert sorted(path.name for path in (box / "new").iterdir()) == sorted(opened.keys())
    assert list((box / "tmp").iterdir()) == list((box / "cur").iterdir()) == []
    for name, raw in TEMPLATES.items():
        assert (box / "new" / unique_name(name)).read_bytes() == render(raw, NOW)


def test_a_second_call_delivers_nothing_and_rewrites_nothing(tmp_path: Path) -> None:
    write_sample(tmp_path, NOW)
    before = {path: (path.read_bytes(), path.stat().st_ino) for path in (tmp_path / "new").iterdir()}
    assert write_sample(tmp_path, NOW + timedelta(days=3)) == 0
    assert {path: (path.read_bytes(), path.stat().st_ino) for path in (tmp_path / "new").iterdir()} == before


def test_a_mail_that_was_read_stays_read_and_a_deleted_one_comes_back(tmp_path: Path) -> None:
    write_sample(tmp_path, NOW)
    read, deleted = (unique_name(name) for name in list(TEMPLATES)[:2])
    (tmp_path / "new" / read).rename(tmp_path / "cur" / f"{read}:2,S")
    (tmp_path / "new" / deleted).unlink()
    assert write_sample(tmp_path, NOW) == 1
    assert not (tmp_path / "new" / read).exists()
    assert (tmp_path / "new" / deleted).exists()


def test_other_mail_in_the_folder_is_left_alone(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    key = box.add(b"From: ana@example.org\n\nmine")
    assert write_sample(tmp_path / "box", NOW) == len(TEMPLATES)
    assert box.get_bytes(key).endswith(b"mine")


def test_the_record_that_the_readme_shows_is_what_is_decided() -> None:
    shown = re.search(r'^\{"event_id".*?\}\}$', README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert shown, "the README shows a record of a lane"
    told = orjson.loads(shown[0])
    found = {}
    for template in TEMPLATES.values():
        mail = parse(render(template, NOW))
        found[mail.subject] = decide(mail, Facts(owner=OWNER_ADDRESSES, received_at=NOW.isoformat()), DEFAULT)
    verdict = found[told["subject"]]
    assert verdict.counterfactual is not None
    assert (verdict.lane, verdict.priority, verdict.category) == (told["lane"], told["priority"], told["category"])
    assert (verdict.needs_reply, verdict.counterfactual.lane) == (told["needs_reply"], told["counterfactual"]["lane"])
    assert verdict.reasons[0].text == told["reasons"][0]["text"]
