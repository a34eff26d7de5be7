"""PubTator: titles and abstracts with mentions and relations between concepts."""

from bioweave.formats.pubtator.records import (
    PubTatorMention,
    PubTatorRecord,
    PubTatorRelation,
    parse_records,
)

__all__ = ["PubTatorMention", "PubTatorRecord", "PubTatorRelation", "parse_records"]
