"""Documents in, the same documents with their mentions out."""

from bioweave.annotator.annotator import Annotator

__all__ = ["Annotator"]
