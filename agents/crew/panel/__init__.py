"""The crew itself, and the only package that imports crewai (the extra `crew`): agents, tasks, prompts, answers.

It is given a text and gives enumerated answers; it knows neither Kafka nor budgets nor caches."""
