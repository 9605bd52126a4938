"""What talks to the outside: mailboxes today; models and webhooks beside them later."""
