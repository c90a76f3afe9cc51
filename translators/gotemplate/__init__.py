"""translators/gotemplate."""
