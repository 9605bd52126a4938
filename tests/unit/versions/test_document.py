"""A policy survives as bytes: whatever a file changes, and whatever a later program ships with."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest

from infra.errors import ConfigError
from streams.policies import parse_policy
from streams.triage import shipped
from streams.triage.policy import Effect
from streams.triage.shipped import DEFAULT
from streams.versions import document
from streams.versions.document import UnusableVersion, digest
from streams.versions.judge import NAME, judge, of_files, shipped_weights

FILE = """
mutes = ["*@shop.example"]
[lanes]
urgent = 9
high = 7
normal = 3
[[rule]]
name = "boss"
sender = "boss@corp.example"
at_least = "urgent"
[account.home]
vips = ["ana@family.example"]
"""


@pytest.mark.parametrize("toml", ["", FILE], ids=["as shipped", "a file"])
def test_a_policy_comes_back_the_same(toml: str) -> None:
    made = document.encode(toml, DEFAULT)
    assert document.decode(made) == (parse_policy(toml) if toml else DEFAULT)
    assert document.encode(toml, DEFAULT) == made


def test_its_versions_are_those_that_verdicts_carry() -> None:
    policy = parse_policy(FILE)
    found = document.versions(document.encode(FILE, DEFAULT))
    assert found == {"": policy.version, "home": policy.of("home").version}
    assert len(set(found.values())) == 2


def test_a_program_with_another_table_makes_the_same_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    made = document.encode(FILE, DEFAULT)
    then = document.decode(made)
    newer = replace(DEFAULT, effects={**DEFAULT.effects, "says_urgent": Effect(priority=3.0)})
    monkeypatch.setattr(shipped, "DEFAULT", newer)
    assert document.decode(made) == then
    assert document.encode(FILE, newer) != made


def test_a_rule_that_this_program_does_not_have_is_said() -> None:
    content = orjson.loads(document.encode("", DEFAULT))
    content["shipped"]["effects"]["rule_of_old"] = [1.0, 0.0, []]
    with pytest.raises(UnusableVersion, match="rule_of_old"):
        document.decode(orjson.dumps(content))


@pytest.mark.parametrize("bytes_", [b"", b"{", b"[]", b"null", b'{"toml": 1, "shipped": {}}', b'{"toml": ""}'])
def test_nonsense_is_no_policy(bytes_: bytes) -> None:
    with pytest.raises(UnusableVersion):
        document.decode(bytes_)
    assert document.versions(bytes_) == {}


def test_a_judge_is_named_by_both_halves_and_made_of_them_again() -> None:
    one = of_files(None, None)
    assert NAME.fullmatch(one.name)
    assert one.name == f"{digest(one.document)}/{digest(one.weights)}"
    again = judge(one.document, one.weights)
    assert (again.name, again.policy, again.model.version) == (one.name, one.policy, one.model.version)


def test_a_file_that_is_no_model_is_named(tmp_path) -> None:
    path = tmp_path / "weights.json"
    with pytest.raises(ConfigError, match=r"weights\.json"):
        of_files(None, path)
    path.write_bytes(b"{}")
    with pytest.raises(ConfigError, match="not a model"):
        of_files(None, path)
    path.write_bytes(shipped_weights())
    assert of_files(None, path).name == of_files(None, None).name
