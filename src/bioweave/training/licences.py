"""On which terms what a run was made from may be used."""

from __future__ import annotations

from collections.abc import Iterable

from bioweave import corpus
from bioweave.errors import CorpusError
from bioweave.model.encoders import ENCODERS


def licences_of(encoders: Iterable[str | None], corpora: Iterable[str]) -> dict[str, str]:
    """By part, those of the encoders and corpora that bioweave knows; of others none is told.

    >>> licences_of([None], ["bc5cdr", "my own"])
    {'corpus bc5cdr': 'US public domain'}
    """
    licences = {}
    for name in encoders:
        source = ENCODERS.get(name or "")
        if source is not None:
            licences[f"encoder {source.name}"] = source.licence
    for name in corpora:
        try:
            licences[f"corpus {name}"] = corpus.info(name).licence
        except CorpusError:
            continue
    return licences
