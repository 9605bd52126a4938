"""Gmail: a mailbox as a source (`Gmail`) over its REST API, and what all Gmail mailboxes of a process share (`Service`)."""
