"""DELIVER_FILE: what is read, what is refused, and with which words."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.deliver.endpoints import Endpoint, load_endpoints
from infra.errors import ConfigError
from streams.triage.verdict import Category, Lane
from tests.verdicts import changed

WHOLE = """
[[endpoint]]
name = "pager"
url = "https://hooks.example.com/triage?team=1"
secrets = ["env:PAGER_SECRET", "file:/run/secrets/pager-old"]
lanes = ["urgent", "high"]
categories = ["work"]
accounts = ["ops", "team-*"]
start = "now"
timeout_s = 5
max_in_flight = 4
give_up_s = 60
allow_networks = ["10.1.0.0/16", "fd00::/8"]

[[endpoint]]
name = "all"
url = "https://hooks.example.org/"
secrets = ["env:ALL"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "deliver.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_with_everything_and_one_with_what_must_be(tmp_path: Path) -> None:
    pager, everything = load_endpoints(written(tmp_path, WHOLE))
    assert (pager.group, pager.topics) == ("triage-deliver-pager", ("mail.urgent", "mail.high"))
    assert (pager.timeout_s, pager.max_in_flight, pager.start) == (5, 4, "now")
    assert everything.topics == ("mail.urgent", "mail.high", "mail.normal", "mail.low")
    assert everything.start == "beginning"


def test_a_file_without_endpoints_has_none(tmp_path: Path) -> None:
    assert load_endpoints(written(tmp_path, "")) == ()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('name = "Pager"', "name: String should match"),
        ('name = "pager-"', "name: String should match"),
        ('url = "ftp://hooks.example.com/"', "url: https://HOST/PATH is allowed"),
        ('url = "https:///path"', "url: https://HOST/PATH is allowed"),
        ('url = "https://hooks.example.com:99999/"', "url: https://HOST/PATH is allowed"),
        ('url = "https://2130706433/"', "url: https://HOST/PATH is allowed"),
        ('url = "https://127.1/"', "url: https://HOST/PATH is allowed"),
        ('url = "https://hooks.example.com/a b"', "url: https://HOST/PATH is allowed"),
        ('url = "https://me:hunter2@hooks.example.com/"', "no user or password in a URL"),
        ('url = "https://hooks.example.com/#x"', "no #fragment"),
        ('url = "http://hooks.example.com/"', "https is required"),
        ("secrets = []", "secrets: Tuple should have at least 1 item"),
        ('secrets = ["hunter2"]', "secret: a reference, env:NAME or file:/absolute/path"),
        ('lanes = ["urgnt"]', "lanes.0: Input should be 'urgent', 'high', 'normal' or 'low'"),
        ("lanes = []", "lanes: Tuple should have at least 1 item"),
        ('categories = ["junk"]', "categories.0: Input should be 'work'"),
        ('start = "yesterday"', "start: Input should be 'beginning' or 'now'"),
        ("timeout_s = 0", "timeout_s: Input should be greater than or equal to 0.1"),
        ("max_in_flight = 0", "max_in_flight: Input should be greater than or equal to 1"),
        ('allow_networks = ["10.1.2.3/16"]', "allow_networks.0"),
        ("verify_tls = false", "verify_tls: unknown; allowed are name, url"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_endpoint_and_field(tmp_path: Path, line: str, said: str) -> None:
    given = {"name": 'name = "pager"', "url": 'url = "https://hooks.example.com/"', "secrets": 'secrets = ["env:A"]'}
    given[line.partition(" ")[0]] = line
    path = written(tmp_path, "[[endpoint]]\n" + "\n".join(given.values()))
    with pytest.raises(ConfigError) as refused:
        load_endpoints(path)
    assert f"DELIVER_FILE={path}: endpoint" in str(refused.value)
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_every_complaint_is_made_at_once_and_a_name_may_be_used_once(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load_endpoints(written(tmp_path, WHOLE + WHOLE + "\n[[endpoint]]\n[[endpoint]]\nname = 7"))
    said = str(refused.value)
    assert "endpoint pager: the name is used twice" in said
    assert "endpoint number 5: url: Field required" in said
    assert "endpoint number 6: name: Input should be a valid string" in said


@pytest.mark.parametrize(
    "text",
    [
        "[[endpoint]",
        "endpoint = 3",
        '[endpoint]\nname = "x"',
        "[[endpoints]]",
        "\udcff",
        "x = " + "1" * 5000,
        "x = " + "[" * 5000,
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deliver.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ConfigError, match=r"DELIVER_FILE=.*deliver\.toml"):
        load_endpoints(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        load_endpoints(tmp_path / "deliver.toml")


@pytest.mark.parametrize(
    ("account", "category", "wanted"),
    [
        ("ops", Category.WORK, True), ("team-7", Category.WORK, True), ("team", Category.WORK, False),
        ("OPS", Category.WORK, False), ("ops", Category.SPAM, False), ("home", Category.WORK, False),
    ],
)  # fmt: skip
def test_filters_are_by_account_and_category(account: str, category: Category, wanted: bool) -> None:
    endpoint = Endpoint(
        name="p", url="https://a.example/", secrets=("env:A",), lanes=(Lane.HIGH,),
        categories=(Category.WORK,), accounts=("ops", "team-*"),
    )  # fmt: skip
    assert endpoint.wants(changed(account=account, category=category)) is wanted
