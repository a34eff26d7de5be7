"""Texts that nobody wrote: enough words of every length to fill windows."""

import random

_SYLLABLES = "al ben cor dex er fi gan hy in ket lor mi nol ox pra qui ra sul ta ur vir".split()
_JOINTS = ["-", "/", "", "", "", "", "2", "(", ")"]


def invented_text(seed: int, n_sentences: int = 8, longest: int = 40) -> str:
    """Sentences of invented words, with the joints that biomedical names have."""
    chance = random.Random(seed)
    sentences = []
    for _ in range(n_sentences):
        words = [
            "".join(
                chance.choice(_SYLLABLES) + chance.choice(_JOINTS)
                for _ in range(chance.randint(1, 4))
            )
            for _ in range(chance.randint(1, longest))
        ]
        sentences.append(" ".join(words).strip().capitalize() + ".")
    return " ".join(sentences)


def invented_texts(n: int, seed: int = 0) -> list[str]:
    """Texts of one to a dozen sentences."""
    chance = random.Random(seed)
    return [invented_text(seed * 1000 + i, chance.randint(1, 12)) for i in range(n)]
