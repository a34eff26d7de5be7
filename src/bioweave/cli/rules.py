"""`bioweave rules`: the rules that annotation goes by, to read and to check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def rules(
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE",
            help="Rules of your own: they are checked, and what holds with them is listed.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every rule as JSON, with all its keys.")
    ] = False,
) -> None:
    """Show the package's rules as TOML: what mentions are dropped, kept or moved by, and why.

    Redirect it into a file, or copy single rules, to switch them off or add your own; `annotate`
    and `evaluate` take the file by --rules.
    """
    from rich.console import Console
    from rich.table import Table

    from bioweave.annotator.rule_files import load_rules, shipped_rules, shipped_text

    if file is None and not as_json:
        typer.echo(shipped_text(), nl=False)
        return
    chosen = shipped_rules() if file is None else load_rules(file)
    if as_json:
        listed = [rule.model_dump(mode="json") for rule in chosen.rules]
        typer.echo(json.dumps(listed, indent=2, ensure_ascii=False))
        return
    table = Table("rule", "on", "kind", "modes", "labels", "description")
    for rule in chosen.rules:
        table.add_row(
            rule.name,
            "yes" if rule.enabled else "no",
            rule.kind,
            ", ".join(rule.modes),
            ", ".join(rule.labels) or "all",
            rule.description,
        )
    Console(highlight=False).print(table)
