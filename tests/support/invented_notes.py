"""Invented texts of three kinds: abstracts, a ward's notes, and what has nothing to do with either.

Sentences are drawn from templates, so that documents of a kind resemble each other as real ones do.
"""

import random

_NAMES = {
    "drug": "aspirin ibuprofen metformin cisplatin imatinib warfarin tamoxifen lithium".split(),
    "disease": [
        "gastric ulcers",
        "colorectal cancer",
        "type 2 diabetes",
        "chronic myeloid leukemia",
        "atrial fibrillation",
        "breast cancer",
        "bipolar disorder",
        "acute renal failure",
    ],
    "gene": "TP53 BRCA1 EGFR KRAS PTEN CYP2D6 IL-6 VEGF".split(),
    "species": "rats mice rabbits dogs zebrafish patients".split(),
    "thing": "bridge tram kitchen orchestra garden ferry library market".split(),
    "place": "harbour old town valley station square hillside village island".split(),
    "number": [str(number) for number in range(12, 99, 7)],
}
_ABSTRACT = [
    "We studied {drug} in {species} with {disease} over {number} weeks.",
    "Treatment with {drug} lowered the expression of {gene} and {gene}.",
    "Mutations of {gene} were found in {number} of the {species} with {disease}.",
    "{drug} reduced the risk of {disease}, but not that of {disease}.",
    "In {species} the response to {drug} depended on {gene}.",
    "These results suggest that {gene} is a marker of {disease}.",
    "Serum levels of {gene} rose after {drug} in {number} {species}.",
]
_NOTE = [
    "Pt seen {number}/{number}, c/o {disease} x{number}d, denies CP/SOB/N/V.",
    "Hx: {disease}, {disease}; s/p appy; NKDA; tob {number} py.",
    "Rx {drug} {number}mg po bid prn, d/c {drug}, f/u w/ PCP {number}wks.",
    "VS: T{number} BP{number}/{number} HR{number} RR{number} SpO2 {number}% RA.",
    "A/P: r/o {disease} vs {disease}; cont {drug}; CBC/BMP/LFTs in am.",
]
_OTHER = [
    "The {thing} behind the {place} opens again on Saturday, the council said.",
    "Tickets for the {thing} cost {number} crowns, and children travel for nothing.",
    "It rained over the {place} all night, so that the {thing} had to close early.",
    "She bought the house by the {place} for the view of the {thing} and of the hills.",
    "After {number} years the {thing} of the {place} gets a new roof, paid by its friends.",
]


def _documents(templates: list[str], n: int, seed: int) -> list[str]:
    chance = random.Random(seed)

    def filled(template: str) -> str:
        parts = template.split("{")
        done = parts[0]
        for part in parts[1:]:
            name, rest = part.split("}", 1)
            done += chance.choice(_NAMES[name]) + rest
        return done[0].upper() + done[1:]

    return [
        " ".join(filled(chance.choice(templates)) for _ in range(chance.randint(3, 7)))
        for _ in range(n)
    ]


def abstracts(n: int, seed: int) -> list[str]:
    """Sentences of biomedical abstracts."""
    return _documents(_ABSTRACT, n, seed)


def notes(n: int, seed: int) -> list[str]:
    """Clinical shorthand."""
    return _documents(_NOTE, n, seed)


def newspaper(n: int, seed: int) -> list[str]:
    """News of a town, where nobody is ill."""
    return _documents(_OTHER, n, seed)
