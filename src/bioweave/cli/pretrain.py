"""`bioweave pretrain`: masked-language modelling of an encoder on a text."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from bioweave.cli.extras import needs_extra
from bioweave.training.pretraining.settings import DEFAULTS, PretrainingSettings

_LENGTH = "How long"
_LEARNING = "How it learns"


def pretrain(
    encoder: Annotated[
        str,
        typer.Argument(
            metavar="ENCODER", help="A short name (`encoders list`), a folder, or a hub id."
        ),
    ],
    text: Annotated[
        Path,
        typer.Option(
            "--text", metavar="FILE", help="One passage a line; .xz, .gz and .bz2 are unpacked."
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            "-o", "--output", metavar="FOLDER", help="The new encoder.", show_default=False
        ),
    ],
    epochs: Annotated[
        float, typer.Option(help="Passes over the text.", rich_help_panel=_LENGTH)
    ] = DEFAULTS.epochs,
    steps: Annotated[
        int,
        typer.Option(help="Steps of the optimiser, instead of --epochs.", rich_help_panel=_LENGTH),
    ] = DEFAULTS.steps,
    max_pieces: Annotated[
        int, typer.Option(help="Pieces in a sequence.", rich_help_panel=_LENGTH)
    ] = DEFAULTS.max_pieces,
    batch_size: Annotated[
        int, typer.Option(help="Sequences in memory at once.", rich_help_panel=_LENGTH)
    ] = DEFAULTS.batch_size,
    accumulate: Annotated[
        int, typer.Option(help="Batches that a step learns from.", rich_help_panel=_LENGTH)
    ] = DEFAULTS.accumulate,
    learning_rate: Annotated[
        float, typer.Option(help="The highest, of the encoder.", rich_help_panel=_LEARNING)
    ] = DEFAULTS.learning_rate,
    head_learning_rate: Annotated[
        float,
        typer.Option(
            help="That of the predicting head, if the encoder lacks one.",
            rich_help_panel=_LEARNING,
        ),
    ] = DEFAULTS.head_learning_rate,
    head_alone: Annotated[
        float,
        typer.Option(
            help="For this share of the steps such a head learns alone.", rich_help_panel=_LEARNING
        ),
    ] = DEFAULTS.head_alone,
    warm_up: Annotated[
        float,
        typer.Option(help="For this share the rate rises.", rich_help_panel=_LEARNING),
    ] = DEFAULTS.warm_up,
    mask_share: Annotated[
        float, typer.Option(help="Share of words to predict.", rich_help_panel=_LEARNING)
    ] = DEFAULTS.mask_share,
    precision: Annotated[
        Literal["bf16", "fp32"],
        typer.Option(help="Of products of matrices.", rich_help_panel=_LEARNING),
    ] = DEFAULTS.precision,
    seed: Annotated[
        int, typer.Option(help="Decides order and masks.", rich_help_panel=_LEARNING)
    ] = DEFAULTS.seed,
    held_out: Annotated[
        float, typer.Option(help="Share of passages that perplexity is measured on.")
    ] = DEFAULTS.held_out,
    evaluations: Annotated[
        int, typer.Option(help="How often it is measured, after the first time.")
    ] = DEFAULTS.evaluations,
    device: Annotated[str, typer.Option(help="cpu, cuda, or auto.")] = "auto",
    checkpoint_minutes: Annotated[
        float, typer.Option(min=0.0, help="Time between two checkpoints.")
    ] = 10.0,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from FOLDER's last checkpoint.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print what pretraining.json holds when all is done.")
    ] = False,
) -> None:
    """Accustom an encoder to a kind of text, by having it guess hidden words.

    FOLDER then is an encoder itself, for a recipe's `model.encoder`, and its pretraining.json says
    what it was made from. Perplexity is measured on passages that are held out, before, during
    and after; figures compare between runs of one tokenizer, text and --max-pieces.
    """
    settings = PretrainingSettings(
        max_pieces=max_pieces,
        batch_size=batch_size,
        accumulate=accumulate,
        steps=steps,
        epochs=epochs,
        learning_rate=learning_rate,
        head_learning_rate=head_learning_rate,
        head_alone=head_alone,
        warm_up=warm_up,
        mask_share=mask_share,
        held_out=held_out,
        evaluations=evaluations,
        precision=precision,
        seed=seed,
    )
    with needs_extra("train", "pretraining"):
        from bioweave.training.pretraining import pretrain as pretrain_encoder

    from rich.console import Console

    from bioweave.cli.stage_progress import StageProgress

    with StageProgress(Console(file=sys.stderr)) as progress:
        record = pretrain_encoder(
            encoder,
            text,
            out,
            settings,
            device=device,
            checkpoint_minutes=checkpoint_minutes,
            resume=resume,
            watcher=progress,
        )
    if as_json:
        typer.echo(json.dumps(record, ensure_ascii=False))
        return
    perplexity = record["perplexity"]
    typer.echo(
        f"{out}: held-out perplexity {perplexity['before']:.2f} before, "
        f"{perplexity['after']:.2f} after {record['steps']:,} steps"
    )
