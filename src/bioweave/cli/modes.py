"""`bioweave modes`: how sure a mention has to be in each mode, chosen on dev splits."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

_REPORT_NAME = "modes.json"
_TOML_NAME = "thresholds.toml"
_PICTURE_NAME = "precision-recall.png"


def modes(
    bundle: Annotated[
        str, typer.Argument(metavar="BUNDLE", help="A bundle's folder, or 'default'.")
    ],
    corpora: Annotated[
        list[str],
        typer.Option(
            "--corpus",
            metavar="NAME",
            help="Choose on this corpus's dev split (again for more).",
            show_default=False,
        ),
    ],
    lexicon: Annotated[
        Path | None,
        typer.Option(
            "--lexicon",
            metavar="FILE",
            help="Choose thresholds for those who have this compiled lexicon as well.",
            show_default=False,
        ),
    ] = None,
    rules: Annotated[
        Path | None,
        typer.Option(
            "--rules",
            metavar="FILE",
            help="Measure these rules, on top of the package's own.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="FOLDER",
            help=f"Write {_REPORT_NAME}, {_TOML_NAME} and {_PICTURE_NAME} into it.",
            show_default=False,
        ),
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Put the thresholds into the bundle's manifest."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Choose each label's thresholds in the modes precision, balanced and recall, on dev splits.

    The bundle must not have learned from the dev splits that it chooses on: it is far too sure of
    what it has seen, and the thresholds are worth nothing on other text. Where its manifest says
    that it did, a warning says so. A bundle that is to learn from dev in the end gets those of
    one that learned from train alone, by the same recipe: its table [thresholds] is what is
    printed here. Test splits are never looked at.

    Precision and recall are to gain 4 points over balanced on each corpus, all labels together, at
    the least cost in F1, which stays below 2.5 points. Each rule is measured with and without.
    """
    from rich.console import Console

    from bioweave import experiments
    from bioweave.bundle import find_bundle, read_manifest, update_manifest
    from bioweave.cli.evaluation_progress import progress_on
    from bioweave.cli.modes_tables import tables_of

    with progress_on(Console(file=sys.stderr)) as progress_of:
        chosen = experiments.choose_modes(
            bundle, corpora, lexicon=lexicon, rules=rules, progress=progress_of
        )
    for name, one in chosen.report["corpora"].items():
        if one["saw_dev"] is not False:
            learned = "learned" if one["saw_dev"] else "may have learned"
            print(
                f"warning: this model {learned} from the dev split of {name}: the thresholds are "
                "of no use on other text",
                file=sys.stderr,
            )
    toml = experiments.thresholds_toml(chosen.thresholds, chosen.lexicon_thresholds)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        report = json.dumps(chosen.report, indent=2, ensure_ascii=False)
        (out / _REPORT_NAME).write_text(report + "\n", encoding="utf-8")
        (out / _TOML_NAME).write_text(toml + "\n", encoding="utf-8")
        experiments.plot_modes(chosen.report, chosen.spans, out / _PICTURE_NAME)
    if write:
        folder = find_bundle(bundle)
        update_manifest(folder, chosen.manifest(read_manifest(folder)))
    if as_json:
        typer.echo(json.dumps(chosen.report, indent=2, ensure_ascii=False, allow_nan=False))
        return
    console = Console(highlight=False)
    for part in tables_of(chosen.report):
        console.print(part)
    typer.echo(toml)
