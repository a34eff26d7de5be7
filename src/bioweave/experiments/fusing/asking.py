"""What one tagger says of some documents, asked now or found where it was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bioweave.annotator import Annotator
from bioweave.annotator.fused_inference import CONSIDERED
from bioweave.annotator.inference import Annotation
from bioweave.annotator.preparation import PreparedDocument
from bioweave.corpus import SplitName
from bioweave.document import Document
from bioweave.experiments.fusing.answer_files import read_answers, write_answers
from bioweave.experiments.fusing.keeping import answers_key
from bioweave.experiments.fusing.members import Member
from bioweave.experiments.measurement import Progress

_ANSWERS = "answers"


@dataclass(frozen=True, slots=True)
class Asking:
    """Has taggers read documents; with a `folder` each reads each split once and for all.

    What is kept there is taken for what it is by the tagger's weights and the documents' texts:
    others of the same name are asked anew.
    """

    folder: Path | None = None

    def __call__(
        self,
        member: Member,
        split: SplitName,
        documents: Sequence[Document],
        *,
        progress: Progress | None = None,
    ) -> tuple[Annotation, ...]:
        """An annotation for each document, which reaches the tagger without its gold mentions.

        With marginals, chains and what was considered.
        """
        bare = [Document(one.id, one.text, passages=one.passages) for one in documents]
        if self.folder is None:
            return _ask(member, bare, progress)
        path = self.folder / _ANSWERS / f"{member.name}.{split.corpus}.{split.split}.npz"
        key = answers_key(member, bare)
        kept = read_answers(path, key, bare)
        if kept is None:
            kept = _ask(member, bare, progress)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_answers(path, key, kept)
        elif progress:
            progress(len(bare), len(bare))
        return kept


def _ask(
    member: Member, documents: Sequence[Document], progress: Progress | None
) -> tuple[Annotation, ...]:
    answers: list[Annotation] = []
    asked = Annotator(member.bundle).annotations(
        documents, floor=CONSIDERED, with_marginals=True, with_chains=True
    )
    for annotation in asked:
        # Windows and features were the tagger's alone, and fill the memory.
        prepared = annotation.prepared
        bare = PreparedDocument(prepared.document, prepared.words, [], {})
        answers.append(replace(annotation, prepared=bare))
        if progress:
            progress(len(answers), len(documents))
    return tuple(answers)
