"""How right a prediction is: pure functions that compare documents and word scores."""

from bioweave.scoring.auc import TokenAuc, roc_auc, score_token_ranking
from bioweave.scoring.calibration import Calibration, CalibrationBin, calibrate
from bioweave.scoring.concepts import (
    Accuracy,
    ConceptScores,
    LinkingAccuracy,
    concept_groups,
    score_document_concepts,
    score_links,
)
from bioweave.scoring.counts import Counts, Score
from bioweave.scoring.mentions import MentionScores, RuleScores, score_mentions, strict_f1
from bioweave.scoring.mistakes import (
    LONG_WORDS,
    Mistake,
    MistakeKind,
    SortedMistake,
    Tally,
    find_mistakes,
    sort_mistakes,
    tally,
)
from bioweave.scoring.outcomes import judged_confidences
from bioweave.scoring.relations import (
    MentionsBy,
    judged_relations,
    relation_triples,
    score_relations,
)
from bioweave.scoring.resampled_means import bootstrap_means
from bioweave.scoring.resampling import (
    Interval,
    bootstrap_difference,
    bootstrap_interval,
    bootstrap_p_value,
    f1_of,
    randomisation_p_value,
)
from bioweave.scoring.token_scores import TokenScores
from bioweave.scoring.tokens import TokenReport, score_tokens

__all__ = [
    "LONG_WORDS",
    "Accuracy",
    "Calibration",
    "CalibrationBin",
    "ConceptScores",
    "Counts",
    "Interval",
    "LinkingAccuracy",
    "MentionScores",
    "MentionsBy",
    "Mistake",
    "MistakeKind",
    "RuleScores",
    "Score",
    "SortedMistake",
    "Tally",
    "TokenAuc",
    "TokenReport",
    "TokenScores",
    "bootstrap_difference",
    "bootstrap_interval",
    "bootstrap_means",
    "bootstrap_p_value",
    "calibrate",
    "concept_groups",
    "f1_of",
    "find_mistakes",
    "judged_confidences",
    "judged_relations",
    "randomisation_p_value",
    "relation_triples",
    "roc_auc",
    "score_document_concepts",
    "score_links",
    "score_mentions",
    "score_relations",
    "score_token_ranking",
    "score_tokens",
    "sort_mistakes",
    "strict_f1",
    "tally",
]
