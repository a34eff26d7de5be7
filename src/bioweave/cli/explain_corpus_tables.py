"""What `explain --check` and `--global` say, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

Report = Mapping[str, Any]

_MOST = 12  # words on either side


def tables_of(summary: Report) -> Iterator[Table | Text]:
    """The tables of whichever report it is."""
    yield from _check(summary) if "agreement" in summary else _world(summary)


def _check(summary: Report) -> Iterator[Table | Text]:
    from bioweave.experiments.explaining.check_words import (
        plain_words,
        sampled_from,
        with_interval,
    )
    from bioweave.explanation.checking import MEASURES

    yield Text(sampled_from(summary))
    table = _table(
        "",
        *MEASURES,
        title="Hiding words by their weights",
        caption="more comprehensiveness and insertion, less sufficiency and deletion are better",
    )
    for kind in ("methods", "baselines"):
        for name, one in summary[kind].items():
            table.add_row(name, *(f"{one[key]:.3f}" for key in MEASURES))
        table.add_section()
    yield table
    for baseline in summary["baselines"]:
        table = _table("", *MEASURES, title=f"Less {baseline}, with 95% intervals over documents")
        for name, one in summary["methods"].items():
            table.add_row(name, *(with_interval(one["over"][baseline][key]) for key in MEASURES))
        yield table
    table = _table(
        "",
        "mentions",
        "correlation",
        "common top words",
        title="Agreement",
        caption=f"top {summary['top']}; by chance {summary['top_by_chance']:.2f} in common",
    )
    for one in (*summary["agreement"], *summary["stability"]):
        pair = one["methods"]
        name = " and ".join(pair) if len(pair) > 1 else f"{pair[0]}, two seeds"
        figures = (f"{one['correlation']:.2f}", f"{one['overlap']:.2f}")
        table.add_row(name, f"{one['mentions']:,}", *figures)
    yield table
    table = _table("", "seconds", "variants", title="Cost of a mention, in processor time")
    for name, one in summary["methods"].items():
        table.add_row(name, f"{one['seconds']:.2f}", f"{one['variants']:.0f}")
    yield table
    for line in plain_words(summary):
        yield Text(line)


def _world(summary: Report) -> Iterator[Table | Text]:
    from bioweave.experiments.explaining.world_words import (
        CAVEATS,
        HEADINGS,
        cells,
        leading,
        told_of,
    )

    yield Text(told_of(summary))
    for label, entries in summary["labels"].items():
        spans = summary["spans"][label]
        sides = zip(("for", "against"), leading(entries, _MOST), strict=True)
        for side, some in sides:
            table = _table(
                *HEADINGS,
                title=f"{side} {label} ({spans['found']:,} found, {spans['near_misses']:,} nearly)",
                left=2,
            )
            for one in some:
                table.add_row(*map(Text, cells(one)))
            yield table if some else Text(f"no word of enough documents speaks {side} {label}")
    yield Text(CAVEATS)


def _table(*headings: str, title: str, caption: str | None = None, left: int = 1) -> Table:
    table = Table(title=title, title_justify="left", caption=caption, caption_justify="left")
    for place, heading in enumerate(headings):
        # Where room is short, an interval goes below its difference, and no digit is lost.
        table.add_column(heading, justify="left" if place < left else "right", no_wrap=place < left)
    return table
