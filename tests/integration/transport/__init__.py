"""The Faust transport on a real broker."""
