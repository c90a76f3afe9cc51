"""Schemas: what endpoints take and answer, one module for each part of the API."""
