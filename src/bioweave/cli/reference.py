"""`bioweave reference`: what a bundle's documents look like when all is well."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bioweave.cli.extras import needs_extra

if TYPE_CHECKING:
    from bioweave.document import Document
    from bioweave.service.monitoring.reference import Reference


def reference(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="Its folder, or 'default'.")],
    corpora: Annotated[
        list[str] | None,
        typer.Option(
            "--corpus",
            metavar="NAME[:SPLIT+...]",
            help="The documents of a corpus (train and dev). Repeatable.",
            show_default=False,
        ),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option(
            "--text", metavar="FILE", help="One passage a line; .xz, .gz and .bz2 are unpacked."
        ),
    ] = None,
    n_documents: Annotated[
        int,
        typer.Option("--documents", metavar="N", min=100, help="At most so many, drawn at random."),
    ] = 2000,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the draw.")] = 13,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")] = False,
) -> None:
    """Record how a bundle's documents look when all is well, for `serve` to tell drift from.

    The bundle annotates documents like those that it will be asked, and keeps counts of labels,
    confidences, lengths and pieces; of the texts nothing is kept. Without documents it tells what
    the bundle has.
    """
    with needs_extra("serve", "what documents are compared with"):
        from bioweave.service.monitoring.reference import bundle_reference, keep_reference

    from bioweave.bundle.location import find_bundle

    folder = find_bundle(bundle)
    if corpora and text is not None:
        raise typer.BadParameter("give either --corpus or --text")
    if not corpora and text is None:
        _print(bundle_reference(folder), as_json)
        return
    found = _of_text(text) if text is not None else _of_corpora(corpora or [])
    source = text.name if text is not None else ", ".join(corpora or [])
    recorded = _recorded(folder, _drawn(found, n_documents, seed), source)
    keep_reference(folder, recorded)
    _print(recorded, as_json)


def _recorded(folder: Path, documents: list[Document], source: str) -> Reference:
    from rich.console import Console

    from bioweave.annotator import Annotator
    from bioweave.bundle import open_bundle
    from bioweave.cli.progress import AnnotationProgress
    from bioweave.errors import ConfigurationError
    from bioweave.service.monitoring.reference import ReferenceTally
    from bioweave.service.monitoring.signals import Observer

    if len(documents) < 2:
        raise ConfigurationError(
            f"{source}: {len(documents)} documents are too few to compare with"
        )
    opened = open_bundle(folder)
    observer = Observer(opened)
    tally = ReferenceTally(observer.signals)
    with AnnotationProgress(Console(file=sys.stderr), 1) as progress:
        for document, annotation in Annotator(opened).observe(documents):
            tally.add(observer(document, annotation))
            progress.add(len(document.mentions))
    return tally.reference(source)


def _of_text(path: Path) -> Iterator[Document]:
    from bioweave.document import Document
    from bioweave.training.lines import read_lines

    for number, line in enumerate(read_lines(path), start=1):
        if line.strip():
            yield Document(str(number), line.strip())


def _of_corpora(named: list[str]) -> Iterator[Document]:
    from bioweave.corpus import load

    for one in named:
        name, _, splits = one.partition(":")
        for split in splits.split("+") if splits else ("train", "dev"):
            yield from load(name, split)


def _drawn(documents: Iterable[Document], n: int, seed: int) -> list[Document]:
    """A sample in which every document is as likely to be (Vitter's algorithm R, 1985)."""
    chance = random.Random(seed)
    drawn: list[Document] = []
    for place, document in enumerate(documents):
        if place < n:
            drawn.append(document)
        elif (at := chance.randrange(place + 1)) < n:
            drawn[at] = document
    return drawn


def _print(recorded: Reference | None, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(None if recorded is None else recorded.to_json(), indent=2))
    elif recorded is None:
        typer.echo("no reference: give --corpus or --text to record one")
    else:
        typer.echo(f"reference: {recorded.n_documents:,} documents of {recorded.source}")
        for name, one in recorded.histograms.items():
            shares = ", ".join(
                f"{bin} {share:.1%}" for bin, share in zip(one.bins, one.shares, strict=True)
            )
            typer.echo(f"{name}: {shares}")
