"""Stream agents and the transport's tasks without a broker."""
