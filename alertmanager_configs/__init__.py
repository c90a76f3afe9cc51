"""alertmanager_configs."""
