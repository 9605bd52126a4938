"""Policy files: TOML → `streams.triage.policy.Policy`, complaints with line and column. Reading is in `read`."""

from streams.policies.read import PolicyError, load_policy, parse_policy

__all__ = ["PolicyError", "load_policy", "parse_policy"]
