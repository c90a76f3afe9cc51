"""contactpoints."""
