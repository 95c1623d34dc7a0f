"""Migrations of the store, run by :mod:`bcma.store.schema` when a store is opened."""
