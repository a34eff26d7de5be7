"""Finds diseases, chemicals and other entities in biomedical text, with exact offsets.

>>> import bioweave
>>> annotator = bioweave.load()
>>> document = annotator("Aspirin may cause gastric ulcers.")
>>> [(mention.text, mention.label) for mention in document.mentions]
[('Aspirin', 'Chemical'), ('gastric ulcers', 'Disease')]
"""

from __future__ import annotations

# Nothing else is imported here, not even `typing`: what a command imports first should leave Ctrl-C
# no time to come in between. (Python itself has imported this one.)
import os

# ONNX Runtime writes down an id of the device and keeps a log of events to send: what is annotated
# here is nobody else's business. It looks when it is loaded, and so do processes started from here.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

TYPE_CHECKING = False

if TYPE_CHECKING:
    from pathlib import Path

    from bioweave.annotator import Annotator
    from bioweave.document import Concept, Document, Mention, Relation, Sentence, Span, Word
    from bioweave.errors import BioweaveError

__version__ = "0.1.0"

__all__ = [
    "Annotator",
    "BioweaveError",
    "Concept",
    "Document",
    "Mention",
    "Relation",
    "Sentence",
    "Span",
    "Word",
    "__version__",
    "load",
]

# Looked up on first use, so that `import bioweave` costs next to nothing.
_HOME_OF = {
    "Annotator": "bioweave.annotator",
    "BioweaveError": "bioweave.errors",
    **dict.fromkeys(
        ("Concept", "Document", "Mention", "Relation", "Sentence", "Span", "Word"),
        "bioweave.document",
    ),
}


def load(
    path: str | Path = "default",
    *,
    mode: str = "balanced",
    link: bool | None = None,
    lexicon: str | Path | None = None,
    rules: str | Path | None = None,
) -> Annotator:
    """An annotator for the embedded default, or for the bundle at `path`.

    `mode` is precision, balanced or recall. With `link`, which a compiled `lexicon` (or "mesh", the
    extra of that name) implies unless it is False, mentions get their concepts; a lexicon also
    speaks for mentions whose names it has. A file of `rules` goes on top of the package's own.
    Raises BundleError if the bundle is damaged, incomplete or too new, LexiconError if the lexicon
    is, and ConfigurationError for wrong rules.
    """
    from bioweave.annotator import Annotator
    from bioweave.bundle import open_bundle

    bundle = open_bundle(path)
    linker = None
    if link or (link is None and lexicon is not None):
        from bioweave.annotator.links import open_linker

        linker = open_linker(bundle.path, lexicon)
    return Annotator(bundle, mode=mode, linker=linker, lexicon=lexicon, rules=rules)


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
