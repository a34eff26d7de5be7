"""The tables of ablations over several sizes: F1, differences, minutes; and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bioweave.experiments.markdown import percent, table
from bioweave.experiments.runs.verdicts import listed, p_shown, points, verdict
from bioweave.experiments.studies.growing import Growth
from bioweave.experiments.studies.reading import Summary


def scores_table(growth: Growth) -> str:
    """Mean and standard deviation of F1: a row for the recipe and each variant, sizes across."""
    return _table("F1", growth, [growth.called, *growth.meanings], _score)


def differences_table(growth: Growth) -> str:
    """What each variant has over the recipe, in points, with p."""
    return _table(f"difference to {growth.called}", growth, growth.meanings, _difference)


def minutes_table(growth: Growth) -> str:
    """What training took, mean over seeds."""
    return _table("minutes", growth, [growth.called, *growth.meanings], _minutes)


def plain_words(growth: Growth) -> Iterator[str]:
    """A sentence for each variant: where it is surely better or worse than the recipe."""
    for meaning in growth.meanings:
        by_verdict: dict[str, list[str]] = {"better": [], "worse": [], "open": []}
        for place, size in enumerate(growth.sizes):
            own = growth.of(place, meaning)
            if own is not None:
                told = f"{points(own['difference'])} with {size.name}"
                whole = growth.summaries[place]["whole"]
                by_verdict[verdict(own, whole)].append(told)
        said = {
            "better": "surely better than {}: {}",
            "worse": "surely worse than {}: {}",
            "open": "not surely different from {}: {}",
        }
        parts = [
            said[kind].format(growth.called, listed(told))
            for kind, told in by_verdict.items()
            if told
        ]
        yield f"**{meaning}** is {'; '.join(parts)}."


def _table(
    heading: str, growth: Growth, names: Sequence[str], cell: Callable[[Summary], str]
) -> str:
    places = range(len(growth.sizes))
    rows = [
        (name, *("" if one is None else cell(one) for one in (growth.of(p, name) for p in places)))
        for name in names
    ]
    return table((heading, *(size.name for size in growth.sizes)), rows)


def _score(one: Summary) -> str:
    deviation = one["deviation"]
    return percent(one["mean"]) + (f" ± {percent(deviation)}" if deviation is not None else "")


def _difference(one: Summary) -> str:
    shown = p_shown(one["p_value"])
    return f"{points(one['difference'])} (p {shown})"


def _minutes(one: Summary) -> str:
    return f"{one['seconds'] / 60:.1f}"
