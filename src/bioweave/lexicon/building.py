"""A lexicon's file, from its sources."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from bioweave.lexicon.compiling import compile_lexicon
from bioweave.lexicon.container import write_sections
from bioweave.lexicon.everyday import Caution, WordLists
from bioweave.lexicon.gathering import gather
from bioweave.lexicon.learning import AnnotatedDocuments, learn_cautions
from bioweave.lexicon.lexicon import Lexicon
from bioweave.lexicon.normalisation import normalise
from bioweave.lexicon.sources import SourceSettings


@dataclass(frozen=True, slots=True)
class HoldingBack:
    """Which names are held back, beyond those that their own shape makes doubtful.

    `words` are held back always, and those to `keep` are not, whatever lists say; both in any
    spelling.
    """

    words: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()


def build_lexicon(
    sources: Iterable[SourceSettings],
    path: Path,
    *,
    holding_back: HoldingBack | None = None,
    learn_from: Collection[AnnotatedDocuments] = (),
) -> Lexicon:
    """Compile sources into one file, and open it. The same sources give the same bytes.

    With documents to learn from, names that mostly stand unannotated there are held back. Raises
    FormatError, with file and line, for a source that is damaged; what else was wrong in it is
    counted in the lexicon's `sources`.
    """
    holding_back = holding_back or HoldingBack()
    compiled = compile_lexicon(
        gather(sources), WordLists.make(holding_back.words, holding_back.keep)
    )
    write_sections(path, compiled.info, compiled.sections)
    lexicon = Lexicon.open(path)
    if not learn_from:
        return lexicon
    learned = learn_cautions(lexicon, learn_from, keep=frozenset(map(normalise, holding_back.keep)))
    cautions = np.array(lexicon.sections.array("term.caution"))
    cautions[[term for term, _ in learned]] |= np.uint8(Caution.LEARNED)
    info = {**compiled.info, "learned": [asdict(caution) for _, caution in learned]}
    write_sections(path, info, {**compiled.sections, "term.caution": cautions})
    return Lexicon.open(path)
