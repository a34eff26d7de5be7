"""Explanations for people: a terminal, a page, a picture."""
