"""`python -m tests.bench`: the benchmarks there are."""

from __future__ import annotations

from tests.bench import BENCHMARKS


def main() -> None:
    """Print the list."""
    for name, purpose in BENCHMARKS.items():
        print(f"  make bench NAME={name:<11} {purpose}")


if __name__ == "__main__":
    main()
