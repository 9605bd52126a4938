"""The three roots of every error of this project. The type says whether a retry can help; nobody matches strings."""


class TriageError(Exception):
    """Root of all errors that this project raises on purpose."""


class Transient(TriageError):
    """The same call may succeed later: retry with backoff."""


class Permanent(TriageError):
    """The same input fails again: report it (dead letter, finding) and go on with the next."""


class Fatal(TriageError):
    """This process cannot go on: stop, say why and what to do."""


class ConfigError(Fatal):
    """A setting is missing, unknown or out of range. The message names the setting, the value and what is allowed."""
