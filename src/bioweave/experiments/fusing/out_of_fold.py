"""Out-of-fold opinions: what members' cross-validations say of documents to learn from.

Stacking learns whom to believe from them. A member itself is of no use there: of what it has
learned it is all but certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

import numpy as np

from bioweave.bundle import FusedBundle
from bioweave.corpus import Part, SplitName, info, load, merge
from bioweave.document import Document, Word
from bioweave.errors import ConfigurationError
from bioweave.experiments.fusing.cross_validations import (
    SPLIT,
    CrossValidation,
    check_same_tagger,
    check_unseen_folds,
    open_cross_validation,
)
from bioweave.experiments.fusing.evidence import Evidence, Marginals
from bioweave.experiments.fusing.members import Member
from bioweave.experiments.runs import DocumentMarginals
from bioweave.fusion import TagChain, common_chain
from bioweave.text import segment


def open_out_of_fold(
    folders: Mapping[str, Sequence[Path]],
    members: Sequence[Member],
    draft: FusedBundle,
    measured: Sequence[Part],
) -> tuple[Evidence, ...]:
    """The evidence of each corpus that was cross-validated, for all members the same documents.

    `folders` are those of cross-validations, by the member's name: for each member one for each of
    the same corpora. Documents that stand in a split that is `measured` on are left out. Raises
    ConfigurationError where a member has none, where one is of another recipe, other splits or
    other documents, where a run may have seen what it speaks of, and where no corpus annotates
    what a head of the pool finds.
    """
    if not folders:
        return ()
    names = [member.name for member in members]
    if unknown := [name for name in folders if name not in names]:
        raise ConfigurationError(
            f"--out-of-fold {unknown[0]}=...: no member has that name; they are {', '.join(names)}"
        )
    by_member = [
        _by_corpus(member, [open_cross_validation(path) for path in folders.get(member.name, ())])
        for member in members
    ]
    for member, own in zip(members, by_member, strict=True):
        if list(own) != list(by_member[0]) or not own:
            raise ConfigurationError(
                f"stacking reads every member out of fold, on the same corpora: {names[0]} has "
                f"{', '.join(by_member[0]) or 'none'}, and {member.name} has "
                f"{', '.join(own) or 'none'}; `bioweave cross-validate` makes what is missing"
            )
    found = tuple(
        _evidence(corpus, [own[corpus] for own in by_member], members, draft, measured)
        for corpus in by_member[0]
    )
    for head in draft.manifest.heads:
        if not any(set(head.labels) <= set(one.labels) for one in found):
            raise ConfigurationError(
                f"{', '.join(by_member[0])}: annotated without {', '.join(head.labels)}, so that "
                "stacking has nothing to learn it from; cross-validate on a corpus that has it"
            )
    return found


def _by_corpus(member: Member, own: Sequence[CrossValidation]) -> dict[str, CrossValidation]:
    found: dict[str, CrossValidation] = {}
    for one in own:
        if one.corpus in found:
            raise ConfigurationError(
                f"{member.name} is given two cross-validations on {one.corpus}: "
                f"{found[one.corpus].folder} and {one.folder}"
            )
        check_same_tagger(one, member)
        found[one.corpus] = one
    return dict(sorted(found.items()))


def _evidence(
    corpus: str,
    own: Sequence[CrossValidation],
    members: Sequence[Member],
    draft: FusedBundle,
    measured: Sequence[Part],
) -> Evidence:
    documents = load(corpus, SPLIT)
    for one in own:
        check_unseen_folds(one, documents)
    said = [{kept.document: kept for kept in one.said} for one in own]
    for one, by_id in zip(own, said, strict=True):
        if other := by_id.keys() ^ said[0].keys():
            raise ConfigurationError(
                f"{own[0].folder} and {one.folder} are not of the same documents of {corpus}: "
                f"{min(other)} is in one of them alone"
            )
    known = [document for document in documents if document.id in said[0]]
    (kept,), _ = merge([Part(SplitName(corpus, SPLIT), known)], measured)
    words = {document.id: _words(document) for document in kept}
    for one, by_id in zip(own, said, strict=True):
        for document in kept:
            _check_words(one, document, words[document.id], by_id[document.id])
    return Evidence(
        corpus,
        tuple(kept),
        tuple(label for label in info(corpus).labels if label in draft.manifest.labels),
        tuple(words.values()),
        tuple(
            tuple(
                _marginals(head.labels, members, [by_id[document.id] for by_id in said])
                for document in kept
            )
            for head in draft.manifest.heads
        ),
    )


def _marginals(
    labels: Sequence[str], members: Sequence[Member], said: Sequence[DocumentMarginals]
) -> Marginals:
    """[members, n_words, tags] of a document, in the tags of the pool's head."""
    rows = []
    for member, one in zip(members, said, strict=True):
        chains = [
            (head.tag_set, TagChain.independent(table.astype(np.float64)))
            for head, table in zip(member.bundle.manifest.heads, one.marginals, strict=True)
        ]
        rows.append(common_chain(chains, labels).marginals)
    return np.stack(rows)


def _words(document: Document) -> tuple[Word, ...]:
    sentences = segment(document.text, document.passages)
    return tuple(chain.from_iterable(sentence.words for sentence in sentences))


def _check_words(
    one: CrossValidation, document: Document, words: Sequence[Word], said: DocumentMarginals
) -> None:
    if said.words.tolist() != [list(word) for word in words]:
        raise ConfigurationError(
            f"{one.folder}: document {document.id} has other words now than when it was "
            "cross-validated, by another text or another bioweave; cross-validate again"
        )
