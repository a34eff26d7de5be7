"""The same bundle without ties between neighbouring tags: what each word says by itself."""

from __future__ import annotations

from dataclasses import replace

from bioweave.bundle import Bundle, Chain, Chains, FusedBundle


def without_ties(bundle: Bundle | FusedBundle) -> Bundle | FusedBundle:
    """A bundle whose chains score nothing but words: each word's tags are a softmax of their own.

    Of a head that has no CRF it is the same. What a mention's probability loses is what the CRF's
    scores of first tags, of neighbouring tags and of last tags gave it.
    """
    if isinstance(bundle, FusedBundle):
        return replace(bundle, members=tuple(_of_one(member) for member in bundle.members))
    return _of_one(bundle)


def _of_one(bundle: Bundle) -> Bundle:
    heads = tuple(Chain.independent(head.tag_set) for head in bundle.manifest.heads)
    return replace(bundle, chains=Chains(heads))
