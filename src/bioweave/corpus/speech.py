"""Words with parts of speech, for the tagger that is trained on genia-pos."""

from __future__ import annotations

from pathlib import Path

from bioweave.corpus.loading import files
from bioweave.corpus.reading.genia_pos import CORPUS, TaggedSentence, read_abstracts


def load_pos(split: str, folder: Path | None = None) -> list[TaggedSentence]:
    """The split's sentences, each a list of words with tags, without MEDLINE's field marks.

    >>> load_pos("train")[0][:2]  # doctest: +SKIP
    [('IL-2', 'NN'), ('gene', 'NN')]
    """
    (path,) = files(CORPUS, split, folder)
    return [sentence for _, abstract in read_abstracts(path) for sentence in abstract]
