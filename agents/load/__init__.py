"""Load: realistic mail from a seed into a mailbox or Kafka, and what became of each."""
