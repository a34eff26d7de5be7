from bioweave.document import Document, Mention
from bioweave.scoring import judged_confidences

TEXT = "zinc, copper and gout"
GOLD = Document("d", TEXT, (Mention(0, 4, "zinc", "Chemical"), Mention(17, 21, "gout", "Disease")))


def guess(start, end, label, confidence):
    return Mention(start, end, TEXT[start:end], label, confidence)


def judged(*mentions, labels=("Chemical", "Disease")):
    confidences, is_correct = judged_confidences(
        [GOLD], [Document("d", TEXT, tuple(mentions))], labels
    )
    return dict(zip(confidences.tolist(), is_correct.tolist(), strict=True))


def test_right_and_wrong_mentions_keep_their_confidence():
    found = judged(
        guess(0, 4, "Chemical", 0.9), guess(6, 12, "Chemical", 0.6), guess(0, 4, "Disease", 0.2)
    )
    assert found == {0.9: True, 0.6: False, 0.2: False}


def test_a_duplicate_counts_once_with_its_higher_confidence():
    assert judged(guess(0, 4, "Chemical", 0.3), guess(0, 4, "Chemical", 0.8)) == {0.8: True}


def test_other_labels_and_mentions_without_confidence_are_left_out():
    found = judged(
        guess(0, 4, "Chemical", None), guess(17, 21, "Disease", 0.7), labels=("Chemical",)
    )
    assert found == {}
