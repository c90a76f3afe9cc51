"""contactpoints/web."""
