"""Pure: raw RFC 5322 bytes → `Mail`. No I/O, no Kafka, no clock; imports nothing of the rest of the project."""

from streams.mail.model import Address, Attachment, Authentication, Link, Mail, MailError
from streams.mail.parse import parse

__all__ = ["Address", "Attachment", "Authentication", "Link", "Mail", "MailError", "parse"]
