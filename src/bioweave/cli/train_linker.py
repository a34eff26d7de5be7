"""`bioweave train-linker`: a bundle learns what its mentions' concepts are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bioweave.cli.extras import needs_extra


def train_linker(
    bundle: Annotated[str, typer.Argument(metavar="BUNDLE", help="The bundle's folder.")],
    corpora: Annotated[
        list[str],
        typer.Option(
            "--corpus",
            metavar="NAME[:SPLIT+...]",
            help="A corpus with concepts, and the splits to learn from (train). Repeatable.",
            show_default=False,
        ),
    ],
    lexicon: Annotated[
        Path | None,
        typer.Option(
            "--lexicon",
            metavar="FILE",
            help="A compiled lexicon, or 'mesh', whose names the linker learns to weigh as well.",
            show_default=False,
        ),
    ] = None,
    vectors: Annotated[
        Path | None,
        typer.Option(
            "--vectors",
            metavar="FILE",
            help="Word embeddings in word2vec's format, by which names are compared in meaning.",
            show_default=False,
            exists=True,
            dir_okay=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the rerankers' weights.")] = 13,
) -> None:
    """Teach a bundle which concepts its mentions stand for.

    It keeps the names that the corpora's annotators gave to concepts, and a small network per label
    that weighs candidates. A lexicon's own names stay in the lexicon: `annotate --link --lexicon`
    takes any, that one or a newer one.
    """
    with needs_extra("train", "training a linker"):
        from bioweave.training.linking import LinkerTraining, learn_linking

    from bioweave.cli.named_lexicon import named_lexicon
    from bioweave.lexicon import Lexicon

    found = named_lexicon(lexicon)
    opened = Lexicon.open(found) if found is not None else None
    told = learn_linking(bundle, corpora, opened, LinkerTraining(seed=seed), vectors)
    for label, n in told["mentions"].items():
        typer.echo(f"{label}: learned from {n:,} mentions")
