"""An incident's timeline: what people noted, which alerts fired, what was changed; and the report made of it."""
