"""What `errors --json` says, as tables for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

Report = Mapping[str, Any]


def tables_of(report: Report) -> Iterator[Table | Text]:
    """The kinds with their counts, labels against kinds, then each kind's examples."""
    strict = report["strict"]
    yield Text(
        f"{report['model']} on {report['corpus']} {report['split']}: {report['documents']:,} "
        f"documents, strict F1 {strict['f1']:.4f}, {report['mistakes']:,} mistakes "
        f"({report['misses']:,} misses, {report['false_alarms']:,} false alarms)"
    )
    if report["carved_with_seed"] is not None:
        yield Text(
            f"{report['corpus']} publishes no dev split: these documents are parted from train, "
            f"with seed {report['carved_with_seed']}"
        )
    if report["saw_split"]:
        yield Text(
            "The model learned from these documents: on new texts it makes more mistakes",
            style="yellow",
        )
    yield _kinds_table(report)
    if len(report["labels"]) > 1:
        yield _labels_table(report)
    if report["not_scored"]:
        yield Text(f"Annotated, and unknown to the model: {', '.join(report['not_scored'])}")
    for kind in report["kinds"]:
        if kind["mistakes"]:
            tags = ", ".join(f"{tag} {count:,}" for tag, count in kind["tags"].items())
            yield Text(f"\n{kind['kind']}: {kind['meaning']}", style="bold")
            yield Text(f"mistakes {kind['mistakes']:,}{f'; of these {tags}' if tags else ''}")
            for example in kind["examples"]:
                yield _example(example)


def _kinds_table(report: Report) -> Table:
    table = Table(
        title="Mistakes by kind (the first that fits)",
        title_justify="left",
        caption="F1 gain: points of strict F1 if the kind vanished; also: mistakes of other kinds "
        "that bear this one as a tag",
        caption_justify="left",
    )
    table.add_column("kind", no_wrap=True)
    for heading in ("mistakes", "share", "misses", "false alarms", "F1 gain", "also"):
        table.add_column(heading, justify="right", no_wrap=True)
    for kind in report["kinds"]:
        table.add_row(
            kind["kind"],
            f"{kind['mistakes']:,}",
            f"{kind['share']:.1%}",
            f"{kind['misses']:,}",
            f"{kind['false_alarms']:,}",
            f"{100 * kind['f1_gain']:+.2f}",
            f"{kind['bearing'] - kind['mistakes']:,}",
        )
    return table


def _labels_table(report: Report) -> Table:
    table = Table(title="Kinds by label", title_justify="left")
    table.add_column("kind")
    for label in report["labels"]:
        table.add_column(label, justify="right", no_wrap=True)
    for kind in report["kinds"]:
        counts = (f"{report['by_label'][label][kind['kind']]:,}" for label in report["labels"])
        table.add_row(kind["kind"], *counts)
    return table


def _example(example: Report) -> Text:
    """Two lines: what was annotated and found, and the context with both marked."""
    tags = ", ".join(example["tags"])
    text = Text("  ")
    text.append(
        f"{example['document']}: {_said('gold', example['gold'])}; "
        f"{_said('found', example['predicted'])}{f'  ({tags})' if tags else ''}\n    "
    )
    context = Text(example["context"], style="dim")
    for side, style in (("gold", "not dim underline"), ("predicted", "not dim reverse")):
        if example[side] is not None:
            start = example[side]["start"] - example["context_start"]
            end = example[side]["end"] - example["context_start"]
            context.stylize(style, start, end)
    # One character for one keeps the styles in place.
    context.plain = "".join(
        " " if character.isspace() else character for character in context.plain
    )
    return text.append_text(context)


def _said(side: str, mention: Report | None) -> str:
    if mention is None:
        return f"{side} nothing"
    sure = f" {mention['confidence']:.2f}" if "confidence" in mention else ""
    return f"{side} {mention['text']!r} {mention['label']}{sure}"
