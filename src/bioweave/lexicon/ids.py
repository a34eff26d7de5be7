"""Concept ids in one style: `MESH:D001241`, `OMIM:114500`, `NCBIGene:7157`, `NCBITaxon:9606`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_SPELLINGS = {
    "entrez": "NCBIGene",
    "entrezgene": "NCBIGene",
    "gene": "NCBIGene",
    "geneid": "NCBIGene",
    "mesh": "MESH",
    "mim": "OMIM",
    "msh": "MESH",
    "ncbi_gene": "NCBIGene",
    "ncbigene": "NCBIGene",
    "ncbitaxon": "NCBITaxon",
    "omim": "OMIM",
    "ordo": "ORPHA",
    "orphanet": "ORPHA",
    "taxon": "NCBITaxon",
    "taxonomy": "NCBITaxon",
}
_WITH_PREFIX = re.compile(r"([A-Za-z][\w.-]*)[:_](\S+)")
_BARE_MESH = re.compile(r"[CDQ]\d{6,9}")


def id_style(prefix: str | Mapping[str, str] | None) -> Callable[[str], str]:
    r"""A function from ids as a file spells them to ids in our style.

    Prefixes that several spellings are known of get ours, others stay. An id without one gets
    `prefix`, which is one for all, or patterns by prefix, of which the first that fits the whole id
    counts. Without it a MeSH number is known by its shape, and the rest stays as it is.

    >>> style = id_style({"MESH": r"[CD]\d+", "OMIM": r"\d+"})
    >>> style("D001241"), style("114500"), style("mim:114500")
    ('MESH:D001241', 'OMIM:114500', 'OMIM:114500')
    """
    patterns: list[tuple[str, re.Pattern[str]]] = []
    if isinstance(prefix, str):
        patterns = [(prefix, re.compile(r".+"))] if prefix else []
    elif prefix is not None:
        patterns = [(name, re.compile(pattern)) for name, pattern in prefix.items()]
    else:
        patterns = [("MESH", _BARE_MESH)]

    def styled(id_: str) -> str:
        id_ = id_.strip()
        if match := _WITH_PREFIX.fullmatch(id_):
            ours = _SPELLINGS.get(match[1].lower())
            return f"{ours}:{match[2]}" if ours else id_
        for name, pattern in patterns:
            if pattern.fullmatch(id_):
                return f"{name}:{id_}"
        return id_

    return styled
