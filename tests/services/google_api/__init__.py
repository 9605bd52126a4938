"""The fake Gmail and OAuth server holds what Google publishes: each answer against the schema, each error by its words."""
