"""spaCy's own small tagger: `ner` over `tok2vec`, trained from nothing by `spacy train`.

Settings are those of `spacy init config --pipeline ner --optimize efficiency`: hash embeddings of
norms, affixes and shapes, four convolutions of 96 features, a transition-based parser, no vectors.
The tagger that counts is the best one on dev; training goes on for 1,600 steps after it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from bioweave.corpus import load
from bioweave.document import Document, Mention

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_STEPS_BETWEEN_SCORES = 200  # spaCy's default


def trained_ner(corpus: str, labels: Sequence[str], max_steps: int, cache: Path) -> Path:
    """The folder below `cache` of a tagger that learned the corpus's train split.

    Made once and kept: another version of spaCy or another limit of steps makes another. Raises
    CorpusError for a corpus without train or dev.
    """
    folder = cache / f"spacy-{version('spacy')}-{corpus}-{max_steps}"
    if not (folder / "meta.json").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # Beside its place, so that a training that breaks off leaves nothing that looks finished.
        with tempfile.TemporaryDirectory(dir=cache, prefix="training-") as scratch:
            _train(corpus, labels, max_steps, Path(scratch)).rename(folder)
    return folder


def annotate(nlp: Language, documents: Sequence[Document]) -> Iterator[Document]:
    """Each document with the mentions that a loaded tagger finds in it, in order."""
    parsed = nlp.pipe(document.text for document in documents)
    for document, tokens in zip(documents, parsed, strict=True):
        yield document.with_mentions(
            Mention(span.start_char, span.end_char, span.text, span.label_) for span in tokens.ents
        )


def _train(corpus: str, labels: Sequence[str], max_steps: int, scratch: Path) -> Path:
    """The best tagger's folder inside `scratch`; spaCy reports its progress on stderr."""
    import spacy
    from spacy.cli.init_config import init_config
    from spacy.tokens import DocBin

    nlp = spacy.blank("en")
    for split in ("train", "dev"):
        examples = [_taught(nlp, document, labels) for document in load(corpus, split)]
        DocBin(docs=examples).to_disk(scratch / f"{split}.spacy")
    config = scratch / "config.cfg"
    init_config(lang="en", pipeline=["ner"], optimize="efficiency", gpu=False).to_disk(config)
    command: list[str | Path] = [sys.executable, "-m", "spacy", "train", config]
    command += ["--output", scratch, "--training.max_steps", str(max_steps)]
    command += ["--paths.train", scratch / "train.spacy", "--paths.dev", scratch / "dev.spacy"]
    command += ["--training.eval_frequency", str(min(_STEPS_BETWEEN_SCORES, max_steps))]
    subprocess.run(command, stdout=sys.stderr, check=True)
    return scratch / "model-best"


def _taught(nlp: Language, document: Document, labels: Sequence[str]) -> Doc:
    """The document on spaCy's own tokens, mentions widened to whole ones; of rivals the longest."""
    from spacy.util import filter_spans

    tokens = nlp.make_doc(document.text)
    spans = [
        tokens.char_span(mention.start, mention.end, mention.label, alignment_mode="expand")
        for mention in document.mentions
        if mention.label in labels
    ]
    tokens.ents = filter_spans([span for span in spans if span is not None])
    return tokens
