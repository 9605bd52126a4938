"""A new key for backups, in front of the old ones: those open the backups that they have encrypted.

Nothing is encrypted anew: who has an old key may have copied the old backups as well."""

from __future__ import annotations

from pathlib import Path

from agents.oauth.seal import Key, new_key
from infra.errors import ConfigError
from infra.settings import Settings
from monitoring.backup.sealed import backup_keys
from monitoring.backup.shelf import Shelf
from monitoring.rotation import place


def rotate(settings: Settings) -> int:
    """Put a new key in front in BACKUP_KEY_FILE; how many it holds then.

    Raises:
        ConfigError: there is no file, or something else than keys in it.
    """
    path = _path(settings)
    with place.alone(path):
        backup_keys(settings)
        keys = [new_key(), *place.read("BACKUP_KEY_FILE", path).split()]
        place.write(path, keys)
    return len(keys)


def retire(settings: Settings) -> int:
    """Forget the keys, but the first, with which no backup in BACKUP_DIR was made; how many.

    Raises:
        ConfigError: there is no file, no BACKUP_DIR, or a backup there that none of the keys has made.
    """
    path = _path(settings)
    if not settings.backup_dir.is_dir():
        raise ConfigError(f"BACKUP_DIR={settings.backup_dir}: no such folder, so nothing tells which keys are needed")
    with place.alone(path):
        texts = place.read("BACKUP_KEY_FILE", path).split()
        keys = backup_keys(settings)
        shelf = Shelf(settings.backup_dir, *keys)
        needed: set[Key | None] = {keys[0]}
        for manifest in shelf.all():
            key = shelf.maker_of(manifest.name)
            if key is None and manifest.encrypted:
                raise ConfigError(f"backup {manifest.name}: none of these keys has made it; nothing was forgotten")
            needed.add(key)
        kept = [text for text, key in zip(texts, keys, strict=True) if key in needed]
        place.write(path, kept)
    return len(texts) - len(kept)


def _path(settings: Settings) -> Path:
    if settings.backup_key_file is None or settings.backup_key.get_secret_value():
        raise ConfigError(
            "BACKUP_KEY_FILE is needed for this, and BACKUP_KEY unset: a variable cannot be changed from here"
        )
    return settings.backup_key_file
