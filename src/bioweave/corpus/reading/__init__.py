"""Readers, one for each layout that corpora come in."""
