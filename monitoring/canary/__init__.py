"""The end-to-end probe: canaries are sent the way of all mail (`streams.canary`), and their coming through is measured.

`ledger` is pure; `probe` writes and reads Kafka."""
