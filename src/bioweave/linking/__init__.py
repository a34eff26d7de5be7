"""Mentions -> concepts of a terminology, with a probability; no concept where none fits."""

from bioweave.linking.learned import LearnedNames
from bioweave.linking.linker import Link, Linker
from bioweave.linking.reranker import Reranker

__all__ = ["LearnedNames", "Link", "Linker", "Reranker"]
