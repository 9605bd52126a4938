"""Evidence for an investigation: one archive with checksums, no content of mails, no secret in it."""
