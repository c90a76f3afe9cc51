"""contactpoints/integrations."""
