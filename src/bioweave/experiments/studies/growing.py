"""Ablations of one recipe over more and more of a corpus, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.ablation_page import size_of
from bioweave.experiments.studies.reading import Summary


@dataclass(frozen=True, slots=True)
class Size:
    """How much was learned from: in words, and as a number (percent, or documents)."""

    name: str
    number: float


@dataclass(frozen=True, slots=True)
class Growth:
    """The summaries of `ablate` for one recipe and corpus, the smallest size first."""

    recipe: str
    study: str
    corpus: str
    sizes: tuple[Size, ...]
    summaries: tuple[Summary, ...]

    @property
    def called(self) -> str:
        """What tables call the recipe as it is."""
        return str(self.summaries[-1]["called"])

    @property
    def meanings(self) -> list[str]:
        """The variants, in their order; a size may lack some."""
        named = [one["meaning"] for summary in self.summaries for one in summary["variants"]]
        return list(dict.fromkeys(named))

    @property
    def picture(self) -> str:
        """The name of its plot's file."""
        return f"{self.recipe}.png"

    @property
    def unit(self) -> str:
        """What sizes count."""
        learned = self.summaries[0]["learned_from"][0]
        return "percent" if learned["documents"] is None else "documents"

    def of(self, place: int, name: str) -> Summary | None:
        """The recipe or a variant, by what it is called, at a size; None where it is missing."""
        summary = self.summaries[place]
        if name == self.called:
            whole: Summary = summary["whole"]
            return whole
        return next((one for one in summary["variants"] if one["meaning"] == name), None)


def growths(summaries: Sequence[Summary]) -> list[Growth]:
    """Summaries sorted into growths by their recipe.

    Raises ConfigurationError for a recipe whose summaries are of different corpora or seeds, count
    differently, or are of one size twice.
    """
    by_recipe: dict[str, list[Summary]] = {}
    for one in summaries:
        by_recipe.setdefault(one["recipe"], []).append(one)
    return [_growth(recipe, own) for recipe, own in by_recipe.items()]


def _growth(recipe: str, summaries: Sequence[Summary]) -> Growth:
    kinds = {
        (
            tuple(choice["corpus"] for choice in one["learned_from"]),
            tuple(one["corpora"]),
            tuple(one["seeds"]),
            one["learned_from"][0]["documents"] is None,
        )
        for one in summaries
    }
    if len(kinds) > 1:
        raise ConfigurationError(
            f"the summaries of {recipe} are of different corpora, seeds or kinds of size (shares, "
            "documents): a page has one for each size of the same study"
        )
    ordered = sorted(((_size(one), one) for one in summaries), key=lambda pair: pair[0].number)
    sizes = tuple(size for size, _ in ordered)
    if len(set(sizes)) < len(sizes):
        raise ConfigurationError(
            f"two summaries of {recipe} are of one size: there are "
            f"{', '.join(size.name for size in sizes)}"
        )
    first = summaries[0]
    return Growth(
        recipe,
        first["study"],
        first["learned_from"][0]["corpus"],
        sizes,
        tuple(summary for _, summary in ordered),
    )


def _size(summary: Summary) -> Size:
    choice = summary["learned_from"][0]
    number = 100 * choice["share"] if choice["documents"] is None else choice["documents"]
    return Size(size_of(choice), float(number))
