"""contactpoints/delivery."""
