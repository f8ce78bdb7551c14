"""Find drugs, symptoms and examinations in a sentence."""

from collections.abc import Iterator

import jieba

KINDS = {"阿司匹林": "drug", "头痛": "symptom", "心电图": "examination"}


def extract(text: str) -> Iterator[tuple[str, int, str]]:
    position = 0
    for word in jieba.cut(text):
        if word in KINDS:
            yield KINDS[word], position, word
        position += len(word)
