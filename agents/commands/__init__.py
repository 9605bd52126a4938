"""Commands for people: why a mail got its priority, what a lane says, which mailboxes there are."""
