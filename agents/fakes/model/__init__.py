"""A model server for tests and trying out: an OpenAI-compatible chat completions endpoint with a scripted judge.

`python -m agents.fakes.model --port N`; told what to answer, and how to fail, over HTTP (`client.Remote`)."""
