"""Failing: the names for all ways in which nothing can be stored."""

from __future__ import annotations


class StorageError(Exception):
    """Nothing can be stored at present: locked, full, read-only, or gone. Later it may be."""


class UnsuitableDatabaseError(StorageError):
    """The database is not one that this program can use, until a person does something."""
