"""contactpoints/storage."""
