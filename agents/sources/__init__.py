"""Mailboxes: one module each, all behind the `Source` protocol and its conformance suite."""
