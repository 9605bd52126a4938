"""The process of its own that watches the others: health on one port, metrics on another. It reads only."""
