"""Backups of the whole system, and bringing it back from one onto an empty machine.

A backup is a folder: a base backup of PostgreSQL with the log that makes it consistent, a logical copy of its
tables, what only Kafka knows (accounts, cursors, tables) with the mails on their way, and the settings. `create` and
`restore` say in which order these are taken and put back, and why no mail falls between."""
