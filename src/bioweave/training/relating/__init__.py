"""A run of a relation tagger: recipe, examples, dev scores, decisions, export."""
