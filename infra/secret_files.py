"""Secrets in files, as services mount them: what is in a variable shows in a container's description."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from infra.errors import ConfigError


def content(name: str, path: Path, *, what: str) -> str:
    """All that the file of the setting `name` holds; `what` it should, for the complaint about an empty one.

    Raises:
        ConfigError: it cannot be read, or holds nothing.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError(f"{name}={path}: cannot be read ({reason})") from None
    if not text.strip():
        raise ConfigError(f"{name}={path}: empty; {what}")
    return text


def value(given: SecretStr, name: str, path: Path | None) -> str:
    """A secret that stands in the variable `name`, or else is the first line of the file that NAME_FILE names.

    Raises:
        ConfigError: as `content`.
    """
    if given.get_secret_value() or path is None:
        return given.get_secret_value()
    return content(f"{name}_FILE", path, what=f"its first line is {name}").strip().splitlines()[0].rstrip()
