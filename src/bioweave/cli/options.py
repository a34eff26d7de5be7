"""Options that several commands have, declared once, so that they mean the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import typer

From: TypeAlias = Annotated[str, typer.Option("--from", metavar="FORMAT", help="How to read PATH.")]
To: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="FORMAT",
        help="How to write. Default: by OUT's suffix; else jsonl, or terminal on a terminal.",
        show_default=False,
    ),
]
DocumentsOut: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="OUT",
        help="One file if it has a format's suffix, otherwise a folder of shards.",
        show_default=False,
    ),
]
Bundle: TypeAlias = Annotated[
    str, typer.Option("--model", metavar="BUNDLE", help="A bundle's folder, or 'default'.")
]
Labels: TypeAlias = Annotated[
    str | None,
    typer.Option("--labels", metavar="LABEL,...", help="Only these labels.", show_default="all"),
]
Mode: TypeAlias = Annotated[
    Literal["precision", "balanced", "recall"],
    typer.Option("--mode", help="Fewer and surer mentions, or more of them."),
]
SpeakingLexicon: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--lexicon",
        metavar="FILE",
        help="A compiled lexicon, or 'mesh': its names speak for mentions, and with --link "
        "mentions are linked to it as well.",
        show_default=False,
    ),
]
Rules: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--rules",
        metavar="FILE",
        help="Rules in TOML on top of the package's own, which `bioweave rules` shows.",
        show_default=False,
    ),
]
ReportAsJson: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Report the run as JSON: to standard output if there is -o, else to stderr.",
    ),
]


def split_labels(labels: str | None) -> tuple[str, ...] | None:
    """The labels of `--labels`; None for all."""
    if labels is None:
        return None
    return tuple(label.strip() for label in labels.split(",") if label.strip())
