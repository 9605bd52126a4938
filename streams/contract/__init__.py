"""The wire contract as documents: JSON Schemas and an AsyncAPI description, generated from the code and committed.

`python -m streams.contract.generate` writes them anew; with `--check` it says whether they are as the code is."""
