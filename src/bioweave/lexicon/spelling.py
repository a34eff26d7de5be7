"""One spelling for the plural and the singular, for British and American words.

The rules are for words in lower-case ASCII letters and know no dictionary, so now and then they
make a form that no language has (`diabetes` -> `diabete`). That does no harm where both sides of a
comparison go through them; what they must not do is to let common names of different things meet.
"""

from __future__ import annotations

import re

_SHORTEST_PLURAL = 4  # "ras", "gas" and "was" keep their s
_IRREGULAR = {
    "apices": "apex",
    "appendices": "appendix",
    "atria": "atrium",
    "bacilli": "bacillus",
    "bacteria": "bacterium",
    "bronchi": "bronchus",
    "calculi": "calculus",
    "children": "child",
    "cortices": "cortex",
    "crania": "cranium",
    "crises": "crisis",
    "diagnoses": "diagnosis",
    "emboli": "embolus",
    "feet": "foot",
    "foci": "focus",
    "fungi": "fungus",
    "ganglia": "ganglion",
    "gonococci": "gonococcus",
    "helices": "helix",
    "hemostases": "hemostasis",
    "homeostases": "homeostasis",
    "indices": "index",
    "lice": "louse",
    "matrices": "matrix",
    "men": "man",
    "metastases": "metastasis",
    "mice": "mouse",
    "mitochondria": "mitochondrion",
    "nevi": "nevus",
    "naevi": "nevus",
    "nuclei": "nucleus",
    "pneumococci": "pneumococcus",
    "staphylococci": "staphylococcus",
    "streptococci": "streptococcus",
    "teeth": "tooth",
    "thrombi": "thrombus",
    "women": "woman",
}
# By the last letter; the first that fits. Longer words than "doses" and "noses" in -oses are mostly
# in Greek -osis.
_PLURALS = {
    "a": ((re.compile(r"(?<=[a-z]{3})mata$"), "ma"),),
    "e": ((re.compile(r"(?<=[a-z]{3})ae$"), "a"),),
    "s": (
        (re.compile(r"(?<=[a-z]{3})oses$"), "osis"),
        (re.compile(r"(?<=[a-z]{2})lyses$"), "lysis"),
        (re.compile(r"(?<=[a-z]{2})theses$"), "thesis"),
        (re.compile(r"(?<=[a-z]{2})ies$"), "y"),
        (re.compile(r"(?<=[a-z]{2}(?:x|z))es$|(?<=[a-z](?:ch|sh|ss))es$"), ""),
        (re.compile(r"(?<=[lnrt]us)es$"), ""),
        (re.compile(r"(?<=[^siu])s$"), ""),
    ),
}

_BRITISH_WORDS = {
    "aluminium": "aluminum",
    "grey": "gray",
    "mould": "mold",
    "programme": "program",
    "tyre": "tire",
}
# Spelled so by the British in words of so many letters; shoe, poem and aeon are everybody's.
_DIGRAPHS = (("ae", 5), ("oe", 6))  # anaemia, oedema
_BRITISH = (
    ("our", re.compile(r"(?<=[a-z]{2})our"), "or"),  # tumour; not hour, four
    ("is", re.compile(r"(?<=[a-z]{2})is(?=ation|e$|ed$|ing$|er$)"), "iz"),  # localised
    ("ys", re.compile(r"(?<=[a-z]{2})ys(?=e$|ed$|ing$|er$)"), "yz"),  # paralysed
    ("sulph", re.compile(r"sulph"), "sulf"),
    ("ceph", re.compile(r"ceph"), "cef"),  # cephalexin, cefalexin
    ("re", re.compile(r"(?<=[a-z]{2})(?<=[bt])re$"), "er"),  # centre, fibre
    ("ogue", re.compile(r"(?<=[a-z]{2})ogue$"), "og"),  # analogue
)


def singular(word: str) -> str:
    """The singular of an English or Latin plural, as far as the ending tells.

    >>> [singular(word) for word in ("tumors", "biopsies", "carcinomata", "fibroses", "virus")]
    ['tumor', 'biopsy', 'carcinoma', 'fibrosis', 'virus']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < _SHORTEST_PLURAL:
        return word
    for pattern, ending in _PLURALS.get(word[-1], ()):
        found, n_replaced = pattern.subn(ending, word)
        if n_replaced:
            return found
    return word


def american(word: str) -> str:
    """The American spelling of a British one.

    >>> [american(word) for word in ("tumour", "leukaemia", "oesophagus", "sulphate", "fibre")]
    ['tumor', 'leukemia', 'esophagus', 'sulfate', 'fiber']
    """
    if word in _BRITISH_WORDS:
        return _BRITISH_WORDS[word]
    for digraph, shortest in _DIGRAPHS:
        if digraph in word and len(word) >= shortest:
            word = word.replace(digraph, "e")
    for hint, pattern, spelling in _BRITISH:
        if hint in word:
            word = pattern.sub(spelling, word)
    return word
