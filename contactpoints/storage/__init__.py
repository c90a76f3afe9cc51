"""What is kept: notifications, their deliveries and attempts, on SQLite or PostgreSQL."""
