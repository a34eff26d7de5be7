"""What a text calls the organisms whose genes are written about most, and where it does so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from bioweave.lexicon import Lexicon

HUMAN = "9606"
TAXON_PREFIX = "NCBITaxon:"


@dataclass(frozen=True, slots=True)
class Organism:
    """An organism by NCBI's number.

    `words` are what texts call it, in lower case. `letters` are what authors put before a gene's
    symbol for it (hTERT, AtCOP1). Genes of `strains` are recorded under the strain's own number.
    A host's cells are where others' genes are put to work: that a text names it says little.
    """

    taxon: str
    words: tuple[str, ...]
    letters: tuple[str, ...] = ()
    strains: tuple[str, ...] = ()
    is_host: bool = False


_PEOPLE = (
    "human humans patient patients man men woman women child children boy boys girl girls infant "
    "infants people person persons volunteers"
)
ORGANISMS: tuple[Organism, ...] = (
    Organism(HUMAN, (*_PEOPLE.split(), "homo sapiens", "h. sapiens"), ("h", "hu", "Hs")),
    Organism("10090", ("mouse", "mice", "murine", "mus musculus"), ("m", "mu", "Mm")),
    Organism("10116", ("rat", "rats", "rattus norvegicus"), ("r", "Rn")),
    Organism("10029", ("hamster", "hamsters", "cricetulus griseus"), is_host=True),
    Organism("9986", ("rabbit", "rabbits", "oryctolagus cuniculus")),
    Organism("9913", ("bovine", "cattle", "cow", "cows", "calf", "bos taurus"), ("b", "Bt")),
    Organism("9823", ("porcine", "pig", "pigs", "swine", "sus scrofa"), ("Ss",)),
    Organism("9940", ("ovine", "sheep", "ovis aries")),
    Organism("9615", ("canine", "dog", "dogs", "canis familiaris")),
    Organism("9544", ("rhesus", "macaque", "macaques", "macaca mulatta")),
    Organism("9031", ("chicken", "chickens", "chick", "chicks", "gallus gallus"), ("Gg",)),
    Organism("8355", ("xenopus", "xenopus laevis", "x. laevis"), ("x", "Xl"), is_host=True),
    Organism("7955", ("zebrafish", "danio rerio", "d. rerio"), ("z", "zf", "Dr")),
    Organism(
        "7227",
        ("drosophila", "fruit fly", "fruit flies", "flies", "d. melanogaster"),
        ("d", "Dm"),
    ),
    Organism(
        "6239", ("caenorhabditis elegans", "c. elegans", "nematode", "nematodes"), ("Ce", "ce")
    ),
    Organism(
        "4932",
        ("yeast", "yeasts", "saccharomyces cerevisiae", "s. cerevisiae", "budding yeast"),
        ("y", "Sc"),
        ("559292",),
    ),
    Organism(
        "4896",
        ("fission yeast", "schizosaccharomyces pombe", "s. pombe"),
        ("Sp",),
        ("284812",),
    ),
    Organism("3702", ("arabidopsis", "arabidopsis thaliana", "a. thaliana"), ("At",)),
    Organism(
        "562",
        ("escherichia coli", "e. coli"),
        ("Ec",),
        ("511145", "83333"),
        is_host=True,
    ),
)
_SPECIES_OF: Mapping[str, str] = MappingProxyType(
    {strain: organism.taxon for organism in ORGANISMS for strain in organism.strains}
)

_WORD = re.compile(r"[^\W\d_]+\.?")
_NAME = re.compile(rf"{_WORD.pattern}(?:[ -]?{_WORD.pattern})*")
_BETWEEN = re.compile(r"(?:\s{0,2}|-)")
_MOST_WORDS = 4
_MOST_CAPITALS = 4  # characters; CAT is an enzyme, RAT a gene, and a title may stand in capitals
# Behind the word: what comes from the animal or is done in it is a tool, whatever is studied.
_TOOL = re.compile(
    r"[\s-]*(?:two[\s-]hybrid|2[\s-]hybrid|polyclonal|monoclonal|anti(?:-|bod|ser)|serum|"
    r"reticulocyte|ig[gm]\b)",
    re.IGNORECASE,
)


class Cue(NamedTuple):
    """A place, in code points, that names an organism."""

    start: int
    end: int
    taxon: str


class OrganismWords:
    """Finds the organisms of the table and, by a lexicon's names, those and further taxa.

    >>> OrganismWords().find("Mice lack it; yeast two-hybrid screens found it in man.")
    [Cue(start=0, end=4, taxon='10090'), Cue(start=51, end=54, taxon='9606')]
    """

    def __init__(self, lexicon: Lexicon | None = None, taxa: Collection[str] = ()) -> None:
        self._taxa = {word: one.taxon for one in ORGANISMS for word in one.words}
        if lexicon is not None:
            wanted = sorted({*taxa, *(one.taxon for one in ORGANISMS)}, key=_by_number)
            for taxon, name in _names_of(lexicon, wanted):
                self._taxa.setdefault(name, species(taxon))
        self.taxa = frozenset(self._taxa.values())  # that it may find
        self._longest: dict[str, int] = {}  # by first word, how many the longest name has
        for name in self._taxa:
            first, *more = name.split()
            self._longest[first] = max(self._longest.get(first, 0), 1 + len(more))

    def taxon_of(self, name: str) -> str | None:
        """The organism that a name speaks of, by all its words or some; None where it is none."""
        return next((cue.taxon for cue in self.find(name)), None)

    def find(self, text: str) -> list[Cue]:
        """Where a text names an organism, in order; not where it names a tool made from one."""
        places = [match.span() for match in _WORD.finditer(text)]
        words = [text[start:end].lower() for start, end in places]
        found: list[Cue] = []
        for first, word in enumerate(words):
            longest = self._longest.get(word) or self._longest.get(word.removesuffix("."), 0)
            if not longest or (found and places[first][0] < found[-1].end):
                continue
            for n in range(min(longest, len(words) - first), 0, -1):
                cue = self._cue(text, words[first : first + n], places[first : first + n])
                if cue is not None:
                    found.append(cue)
                    break
        return found

    def _cue(self, text: str, words: list[str], places: list[tuple[int, int]]) -> Cue | None:
        name = " ".join(words).removesuffix(".")
        taxon = self._taxa.get(name)
        if taxon is None:
            return None
        start, end = places[0][0], places[-1][1] - words[-1].endswith(".")
        gaps = (text[one[1] : next_[0]] for one, next_ in pairwise(places))
        if not all(_BETWEEN.fullmatch(gap) for gap in gaps):
            return None
        is_symbol = end - start <= _MOST_CAPITALS and text[start:end].isupper()
        return None if is_symbol or _TOOL.match(text, end) else Cue(start, end, taxon)


def species(taxon: str) -> str:
    """The species that a strain's number stands for, or the number itself."""
    return _SPECIES_OF.get(taxon, taxon)


def _names_of(lexicon: Lexicon, taxa: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The names that the lexicon gives these taxa, their words in lower case."""
    for taxon in taxa:
        index = lexicon.index_of(f"{TAXON_PREFIX}{taxon}")
        for name in lexicon.concept(index).names if index is not None else ():
            words = _WORD.findall(name.text.lower())
            if _NAME.fullmatch(name.text) and len(words) <= _MOST_WORDS:
                yield taxon, " ".join(words)


def _by_number(taxon: str) -> tuple[int, str]:
    """Smaller numbers first: where two organisms share a name, the better known one has it."""
    return int(taxon) if taxon.isdigit() else 1 << 62, taxon
