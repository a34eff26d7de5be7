"""Genes by their organism: what it adds to the weighing of candidates, and what it tells.

One symbol is the name of a gene in many organisms (TP53 and Trp53 are both p53). Where a lexicon
says of which organism its genes are, the document decides which is meant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from bioweave.document import Concept, Document, Mention
from bioweave.lexicon import Lexicon
from bioweave.lexicon.property_values import property_values
from bioweave.linking.learned import Ids
from bioweave.linking.organism_context import Decision, GeneName, Ground, OrganismContext
from bioweave.linking.organism_words import HUMAN, TAXON_PREFIX, OrganismWords, species
from bioweave.text.short_forms import LongForms

GENE = "Gene"  # the label
# Of a mention's metadata; the last only where it is another one.
ORGANISM, ORGANISM_BY, ORGANISM_LINKED = "organism", "organism_by", "organism_linked"

_TAXON = "taxon"  # a property of a lexicon's concepts
# How likely the organism is the right one. Human, as measured on the train parts of gnormplus and
# tmvar3 (0.99, 0.96, 0.98, 0.96), the default with a doubt. For others they say 0.88, 0.41 and
# 0.17, being abstracts that were chosen for their human genes: a floor, since a lexicon with other
# organisms' genes is not used for those alone.
_OF_HUMAN = {
    Ground.MENTION: 0.99,
    Ground.SENTENCE: 0.96,
    Ground.DOCUMENT: 0.97,
    Ground.DEFAULT: 0.9,
}
_OF_OTHERS = {Ground.MENTION: 0.9, Ground.SENTENCE: 0.65, Ground.DOCUMENT: 0.6}
_HUMAN_COUNTS = 9  # where the organism is not the one decided on, against each other one


class GeneOrganisms:
    """The organisms of a lexicon's genes."""

    def __init__(self, lexicon: Lexicon, taxa: frozenset[str]) -> None:
        self.taxa = taxa  # that the lexicon has genes of
        self._lexicon = lexicon
        self._words = OrganismWords(lexicon, taxa)
        self._taxa = _TaxaById(lexicon)

    @classmethod
    def of(cls, lexicon: Lexicon | None) -> GeneOrganisms | None:
        """Those of a lexicon; None where it does not say of which organism its genes are."""
        if lexicon is None:
            return None
        taxa = frozenset(map(species, property_values(lexicon, _TAXON, GENE)))
        return cls(lexicon, taxa) if taxa else None

    def read(self, document: Document, long_forms: LongForms) -> dict[Mention, GeneName]:
        """The names and organisms of a document's genes."""
        context = OrganismContext(document, self._words, self._is_gene)
        return {
            mention: context.read(mention, long_forms.at(mention.text, mention.start))
            for mention in document.mentions
            if mention.label == GENE
        }

    def weigh(
        self,
        candidates: Sequence[Ids],
        probabilities: npt.NDArray[np.float64],
        decided: Decision,
    ) -> npt.NDArray[np.float64]:
        """[candidates + 1] probabilities -> the same once the organism is known; they sum to 1.

        A candidate counts as much as its organism is likely. Where the lexicon has no genes of
        the organism decided on, or the mention itself names it and no candidate is of it, it is the
        last answer, that nothing fits, which becomes as likely.
        Ids that the lexicon lacks are taken to be of no organism that it has.
        """
        sure = (_OF_HUMAN if decided.taxon == HUMAN else _OF_OTHERS)[decided.ground]
        own = [self._taxa[ids[0]] for ids in candidates]
        shares = self._shares(decided.taxon, sure)
        elsewhere = 1 - sure if decided.taxon in self.taxa else sure
        odds = probabilities * np.array([*(shares.get(one or "", elsewhere) for one in own), 1.0])
        is_named = decided.ground is Ground.MENTION
        if decided.taxon not in (own if is_named else self.taxa):
            odds[-1] += sure * (1 - probabilities[-1])
        weighed: npt.NDArray[np.float64] = odds / odds.sum()
        return weighed

    def told(self, concepts: Sequence[Concept], decided: Decision) -> Mapping[str, str]:
        """For a mention's metadata: the organism that its document speaks of, and what says so.

        `default` says that nothing does, so that it was taken to be human. Where the gene found is
        another organism's, since that one has no likelier gene, this stands there as well.
        """
        told = {
            ORGANISM: f"{TAXON_PREFIX}{decided.taxon}",
            ORGANISM_BY: str(decided.ground),
        }
        linked = self._taxa[concepts[0].id] if concepts else None
        if linked is not None and linked != decided.taxon:
            told[ORGANISM_LINKED] = f"{TAXON_PREFIX}{linked}"
        return told

    def _shares(self, decided: str, sure: float) -> dict[str, float]:
        """How likely each of the lexicon's organisms is."""
        others = {
            taxon: _HUMAN_COUNTS if taxon == HUMAN else 1 for taxon in self.taxa if taxon != decided
        }
        total = sum(others.values())
        shares = {taxon: (1 - sure) * count / total for taxon, count in others.items()}
        return shares | {decided: sure}

    def _is_gene(self, name: str) -> bool:
        return bool(self._lexicon.find(name, GENE))


class _TaxaById(dict[str, str | None]):
    """The organisms of genes, looked up once; None for what the lexicon lacks or does not tell."""

    def __init__(self, lexicon: Lexicon) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, id_: str) -> str | None:
        index = self._lexicon.index_of(id_)
        taxon = self._lexicon.properties(index).get(_TAXON) if index is not None else None
        self[id_] = found = species(taxon) if taxon else None
        return found

    def __reduce__(self) -> tuple[object, ...]:
        return _TaxaById, (self._lexicon,)
