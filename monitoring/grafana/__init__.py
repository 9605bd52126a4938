"""Grafana's dashboards as code: `boards` says what is shown, `generate` makes the JSON (needs the dev packages)."""
