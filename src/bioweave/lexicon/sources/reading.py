"""A terminology's entries, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from bioweave.errors import ConfigurationError
from bioweave.lexicon.sources.ctd import read_ctd
from bioweave.lexicon.sources.entry import SourceEntry
from bioweave.lexicon.sources.file import SourceFile
from bioweave.lexicon.sources.gene_info import read_gene_info
from bioweave.lexicon.sources.id_pairs import read_id_pairs
from bioweave.lexicon.sources.mesh_xml import read_mesh_xml
from bioweave.lexicon.sources.obo import read_obo
from bioweave.lexicon.sources.rrf import read_rrf
from bioweave.lexicon.sources.settings import SourceSettings
from bioweave.lexicon.sources.subjects import HEADER, read_subjects
from bioweave.lexicon.sources.taxonomy import read_taxonomy
from bioweave.lexicon.sources.tsv import read_tsv

Reader = Callable[[SourceFile, SourceSettings], Iterator[SourceEntry]]

FORMATS: Mapping[str, Reader] = MappingProxyType(
    {
        "tsv": read_tsv,
        "obo": read_obo,
        "mesh-xml": read_mesh_xml,
        "gene-info": read_gene_info,
        "taxonomy": read_taxonomy,
        "rrf": read_rrf,
        "ctd": read_ctd,
        "id-pairs": read_id_pairs,
        "subjects": read_subjects,
    }
)


def read_entries(file: SourceFile, settings: SourceSettings) -> Iterator[SourceEntry]:
    """The entries of a file, in its order.

    Raises FormatError where it is damaged, ConfigurationError for an unknown format.
    """
    format = settings.format or detect_format(file)
    if format not in FORMATS:
        raise ConfigurationError(f"unknown format {format!r}; expected one of {', '.join(FORMATS)}")
    return FORMATS[format](file, settings)


def detect_format(file: SourceFile) -> str:
    """The format that the file's name or its first bytes speak for; a table with tabs, if none."""
    name = file.plain_name.lower()
    if name.endswith(".obo"):
        return "obo"
    if name.endswith(".rrf"):
        return "rrf"
    if name.endswith("names.dmp"):
        return "taxonomy"
    with file.stream() as stream:
        head = stream.read(1 << 12).removeprefix(b"\xef\xbb\xbf")
    if head.lstrip().startswith(b"<"):
        return "mesh-xml"
    if head.startswith((b"format-version:", b"[Term]")):
        return "obo"
    if head.startswith(b"#tax_id\tGeneID"):
        return "gene-info"
    if head.startswith(",".join(HEADER).encode()):
        return "subjects"
    if b"\n# Fields:" in head or head.startswith(b"# Fields:"):
        return "ctd"
    return "tsv"
