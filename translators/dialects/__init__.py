"""translators/dialects."""
