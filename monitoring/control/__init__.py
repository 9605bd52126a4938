"""The process of its own that watches the others: health on one port, metrics on another. It sends canaries, keeps
the database maintained and answers the admin API; of mail it touches nothing."""
