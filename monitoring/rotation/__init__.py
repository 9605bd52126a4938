"""Rotating secrets while mail goes on."""
