"""Programs that do the same work as our worker, each the way its library wants it; the work itself is in `work`.

Each is a process of its own (`python -m tests.bench.peers.NAME`) and knows nothing of how it is measured."""
