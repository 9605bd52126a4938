"""Faults made in the real system, and what a real Prometheus and Alertmanager make of them."""
