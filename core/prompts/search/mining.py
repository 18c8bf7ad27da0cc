"""Template mining: the phrases in which the words of the labels stand in the texts themselves.

After the middle words and the prompts of Jiang et al. 2020, "How Can We Know What Language Models
Know?", section 3.1, with a label's word where they have an object: a phrase in which words of
several labels occur says nothing about which, and so can ask.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from core.errors import InputError
from core.language import _
from core.prompts.search.candidates import Proposal, Proposer
from core.prompts.verbalizer import Verbalizer

PHRASE: Final = "[P]"
BEFORE: Final = 4
AFTER: Final = 2
_WORD: Final = re.compile(r"[\u3400-\u9fff]|[^\W_]+(?:['’][^\W_]+)*|[.,;:!?]")
_ENDS: Final = frozenset(".,;:!?")
_WIDE: Final = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff\[])|(?<=\]) (?=[\u3400-\u9fff])")


def propose_mined(
    template: str,
    texts: Sequence[str],
    *,
    verbalizer: Verbalizer,
    causal: bool = False,
) -> Proposer:
    """The template with each mined phrase for ``[P]``, the most telling first.

    Raises InputError for a template without the mark and where the words occur in no text.
    """
    if template.count(PHRASE) != 1:
        raise InputError(
            _("The template needs {mark} once, where the phrase stands.").format(mark=PHRASE)
        )
    phrases = mine_phrases(texts, verbalizer=verbalizer, causal=causal)
    if not phrases:
        raise InputError(
            _("None of the labels' words stands in a text: give words that people write there.")
        )
    for phrase, seen, labels in phrases:
        made = _("mined: {count} times, words of {labels} labels").format(count=seen, labels=labels)
        yield Proposal(template=template.replace(PHRASE, phrase), made=made)


def mine_phrases(
    texts: Sequence[str], *, verbalizer: Verbalizer, causal: bool = False
) -> list[tuple[str, int, int]]:
    """Phrases with ``[MASK]``, how often each stands in ``texts``, with words of how many labels.

    Words of all labels come before words of one, frequent before rare, long before short. Of a
    ``causal`` model a phrase ends at the answer.
    """
    owners = {
        word.casefold(): label for label, words in verbalizer.mapping.items() for word in words
    }
    counts: Counter[str] = Counter()
    labels: dict[str, set[str]] = {}
    for text in texts:
        for label, phrase in _phrases(text, owners, causal):
            counts[phrase] += 1
            labels.setdefault(phrase, set()).add(label)
    order = sorted(counts, key=lambda each: (-len(labels[each]), -counts[each], -len(each), each))
    return [(each, counts[each], len(labels[each])) for each in order]


def _phrases(text: str, owners: dict[str, str], causal: bool) -> Iterator[tuple[str, str]]:
    """Each label whose word stands in ``text``, with the phrases around it."""
    words = _WORD.findall(text.replace("{", " ").replace("}", " "))
    for place, word in enumerate(words):
        label = owners.get(word.casefold())
        if label is None:
            continue
        left = _until_sign(words[max(0, place - BEFORE) : place][::-1])[::-1]
        right = [] if causal else _until_sign(words[place + 1 : place + 1 + AFTER])
        for first in range(len(left)):
            for last in range(len(right) + 1):
                parts = [*left[first:], "[MASK]", *right[:last]]
                if any(part.casefold() in owners for part in parts):
                    continue
                joined = _WIDE.sub("", " ".join(parts))
                yield label, joined[0].upper() + joined[1:]


def _until_sign(words: Sequence[str]) -> list[str]:
    """The words up to the first punctuation mark."""
    ends = next((place for place, word in enumerate(words) if word in _ENDS), len(words))
    return list(words[:ends])
