"""Mail in files: a Maildir (with Maildir++ subfolders), a plain folder tree of raw messages, or a mixture of both."""

from agents.sources.maildir.source import Maildir
from agents.sources.maildir.tree import Probe, probe

__all__ = ["Maildir", "Probe", "probe"]
