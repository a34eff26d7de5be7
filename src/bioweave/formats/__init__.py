"""Documents out of files and into them, in every format that biomedical text comes in."""

from bioweave.formats.detection import detect_format, format_for_output, suffix_of
from bioweave.formats.discovery import discover
from bioweave.formats.json_shape import document_from_json, document_to_json
from bioweave.formats.losses import Loss, LossTally
from bioweave.formats.parts import FORMAT_TABLE, FORMATS, Format, Part, markdown_table
from bioweave.formats.reading import Failure, problem_of, read_documents
from bioweave.formats.writing import DocumentWriter, open_writer

__all__ = [
    "FORMATS",
    "FORMAT_TABLE",
    "DocumentWriter",
    "Failure",
    "Format",
    "Loss",
    "LossTally",
    "Part",
    "detect_format",
    "discover",
    "document_from_json",
    "document_to_json",
    "format_for_output",
    "markdown_table",
    "open_writer",
    "problem_of",
    "read_documents",
    "suffix_of",
]
