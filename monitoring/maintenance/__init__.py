"""What the database needs to stay quick: statistics, vacuum, indexes, retention. Done by `triage control` by itself."""
