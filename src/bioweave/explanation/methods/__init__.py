"""Ways of weighing the words of a sentence: each by its library, imported when it is used."""

from bioweave.explanation.methods.weighing import METHODS, MethodName, Weigher, Weighing

__all__ = ["METHODS", "MethodName", "Weigher", "Weighing"]
