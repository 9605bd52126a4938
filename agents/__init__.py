"""What talks to the outside: mailboxes, webhooks, a model; and what people ask and tell."""
