"""A check of explanations as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bioweave.experiments.explaining.check_plot import plot_check
from bioweave.experiments.explaining.check_words import plain_words, sampled_from, with_interval
from bioweave.experiments.markdown import fold, item, table
from bioweave.experiments.runs.verdicts import listed
from bioweave.explanation.checking import MEASURES
from bioweave.whole_files import write_whole

PAGE, PICTURE = "explanations.md", "explanations.png"

_WHAT = (
    "**Comprehensiveness** is what the probability loses without the words that a method ranks "
    "first (more is better), **sufficiency** what it lacks with these words alone (less is "
    "better): means over the first {bins} of the sentence's words, a word at least (ERASER; "
    "DeYoung et al., 2020). **Deletion** is the area under the probability while words are hidden "
    "in that order (less is better), **insertion** that while they are shown again (more is "
    "better; Petsiuk et al., 2018). Hidden words keep their place and become unreadable.",
    "**Random** hides as many words in an order of chance, the mean of {draws} draws for each "
    "mention. **Mention first** hides the mention's own words first, in an order of chance, and "
    "then the others: it knows nothing but where the mention is, and what a method has over it is "
    "what it tells beyond that.",
)


def write_check(summary: Mapping[str, Any], out: Path) -> Path:
    """Write the page and its picture into a folder; gives the page."""
    out.mkdir(parents=True, exist_ok=True)
    plot_check(summary, out / PICTURE)
    write_whole(out / PAGE, check_page(summary).encode())
    return out / PAGE


def check_page(summary: Mapping[str, Any]) -> str:
    """The tables of a check and how to read them, from its summary alone."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: Mapping[str, Any]) -> Iterator[str]:
    bins = listed(f"{100 * one:g}" for one in summary["bins"])
    yield "# Are explanations true?"
    yield fold(sampled_from(summary))
    for paragraph in _WHAT:
        yield fold(paragraph.format(bins=f"{bins}%", draws=summary["draws"]))
    yield _measures(summary)
    yield "\n".join(map(item, plain_words(summary)))
    yield f"![Deletion, insertion, and what methods have over the baselines]({PICTURE})"
    yield "## Over the baselines"
    yield fold(
        f"Differences are paired by mention; in brackets 95% of {summary['resamples']:,} bootstrap "
        "resamples over documents, since mentions of one abstract depend on one another."
    )
    for baseline in summary["baselines"]:
        yield _over(summary, baseline)
    yield "By how many of the words, less random:"
    yield _by_bin(summary)
    yield "## Agreement"
    yield fold(
        f"Of two methods' weights for the same mention: Spearman's correlation over all words, and "
        f"the share of common words among the {summary['top']} that speak most for it "
        f"({summary['top_by_chance']:.2f} by chance). A method with itself: with another seed, on "
        "a part of the mentions; the others draw nothing, and would agree with themselves."
    )
    yield _agreement(summary)
    yield "## Cost"
    yield fold(
        "Processor time for a mention, and variants of its sentence that the model was asked "
        "about, in this order: what a method above has asked for costs the next one nothing, and "
        "occlusion's variants are among SHAP's. What each costs alone stands with the methods in "
        "the guide. The time depends on the machine, and on what else it does."
    )
    yield _cost(summary)


def _measures(summary: Mapping[str, Any]) -> str:
    rows = [
        (name, *(f"{one[key]:.3f}" for key in MEASURES))
        for kind in ("methods", "baselines")
        for name, one in summary[kind].items()
    ]
    return table(("", *MEASURES), rows)


def _over(summary: Mapping[str, Any], baseline: str) -> str:
    rows = [
        (name, *(with_interval(one["over"][baseline][key]) for key in MEASURES))
        for name, one in summary["methods"].items()
    ]
    return table((f"less {baseline}", *MEASURES), rows)


def _by_bin(summary: Mapping[str, Any]) -> str:
    rows = [
        (name, key, *map(with_interval, one["over"]["random"][f"{key}_bins"]))
        for key in ("comprehensiveness", "sufficiency")
        for name, one in summary["methods"].items()
    ]
    return table(("", "", *(f"{100 * one:g}%" for one in summary["bins"])), rows, left=2)


def _agreement(summary: Mapping[str, Any]) -> str:
    rows = [
        (
            " and ".join(one["methods"])
            if len(one["methods"]) > 1
            else f"{one['methods'][0]} twice",
            str(one["mentions"]),
            f"{one['correlation']:.2f} {_brackets(one['correlation_interval'])}",
            f"{one['overlap']:.2f} {_brackets(one['overlap_interval'])}",
        )
        for one in (*summary["agreement"], *summary["stability"])
    ]
    return table(("", "mentions", "correlation", "common top words"), rows)


def _cost(summary: Mapping[str, Any]) -> str:
    rows = [
        (
            name,
            f"{one['seconds']:.2f} s",
            f"{one['variants']:.0f}",
            f"{one['fit']:.2f}" if "fit" in one else "",
        )
        for name, one in summary["methods"].items()
    ]
    return table(("", "processor time", "variants", "fit (R squared)"), rows)


def _brackets(interval: Sequence[float]) -> str:
    return f"({interval[0]:.2f} to {interval[1]:.2f})"
