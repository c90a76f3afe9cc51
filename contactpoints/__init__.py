"""Where notifications go: integrations, contact points, and the service that delivers to them."""
