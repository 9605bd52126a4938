"""What the benchmarks stand on: mails, real services, processes, readers, and the report."""
