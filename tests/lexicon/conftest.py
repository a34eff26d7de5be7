from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from bioweave.lexicon import Lexicon, SourceSettings, build_lexicon

Build = Callable[..., Lexicon]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """A lexicon from rows `id, name[, kind]` by label."""

    def made(rows: dict[str, Iterable[tuple[str, ...]]], **options: object) -> Lexicon:
        sources = []
        for label, of_label in rows.items():
            path = tmp_path / f"{label}.tsv"
            path.write_text(
                "".join("\t".join(row) + "\n" for row in of_label), encoding="utf-8", newline="\n"
            )
            sources.append(SourceSettings(path, label=label))
        return build_lexicon(sources, tmp_path / "made.lexicon", **options)

    return made


@pytest.fixture(scope="session")
def terminologies() -> Path:
    """The folder with the terminologies; the test is skipped where there is none."""
    folder = os.environ.get("BIOWEAVE_TERMINOLOGIES")
    if not folder:
        pytest.skip("BIOWEAVE_TERMINOLOGIES is not set: it names the folder with terminologies")
    return Path(folder)
