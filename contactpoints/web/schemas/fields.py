"""Fields of schemas: small things that several of them need."""

from __future__ import annotations

LARGEST = 2**63 - 1  # of a number that is stored


def about(description: str) -> dict[str, str]:
    """The metadata that says what a field means: a sentence without a full stop."""
    return {"description": description}
