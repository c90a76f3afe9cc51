"""What an Alertmanager configuration means: its YAML, durations, matchers, intervals and routes.

Knows no integration, and imports nothing of the other packages.
"""
