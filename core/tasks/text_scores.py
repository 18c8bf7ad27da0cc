"""How near a written text is to a reference: ROUGE, BLEU, chrF, and whether it is the same.

ROUGE (Lin 2004) is the F1 of words, pairs of words and the longest common sequence, by rouge-score;
BLEU (Papineni et al. 2002) and chrF (Popović 2015) are sacrebleu's. Chinese is compared character
by character. Of several references each measure takes the best, as its authors do. Both libraries
are imported when they are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from core.errors import InputError
from core.language import _
from core.prompts.answer_scores import check_compared

_HAN: Final = "\u3400-\u9fff"
_WORDS: Final = re.compile(rf"[{_HAN}]|[^\W_{_HAN}]+")
_ENOUGH: Final = 0.3  # of the letters, so that a text counts as Chinese


@dataclass(frozen=True, slots=True, kw_only=True)
class TextScores:
    """ROUGE is 0 to 1, BLEU and chrF are 0 to 100 as they are always told.

    Of one text ``exact`` is 0 or 1, of several its mean; ``count`` says of how many.
    """

    rouge1: float
    rouge2: float
    rouge_l: float
    bleu: float
    chrf: float
    exact: float
    count: int = 1


def score_text(output: str, references: Sequence[str]) -> TextScores | None:
    """The scores of one text, None without a reference. BLEU is smoothed, as for one sentence."""
    own = [each for each in references if each.strip()]
    if not own:
        return None
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    bleu = BLEU(tokenize=_tokenizer(own), effective_order=True)
    rouge = _rouge(output, own)
    return TextScores(
        rouge1=rouge[0],
        rouge2=rouge[1],
        rouge_l=rouge[2],
        bleu=float(bleu.sentence_score(output, own).score),
        chrf=float(CHRF().sentence_score(output, own).score),
        exact=float(output.strip() in {each.strip() for each in own}),
    )


def score_texts(outputs: Sequence[str], references: Sequence[Sequence[str]]) -> TextScores | None:
    """The scores of many texts together, each with its own references; None where none has any.

    ROUGE and ``exact`` are means, BLEU and chrF are of the corpus. Texts without a reference do not
    count. Raises InputError where the numbers differ.
    """
    check_references(len(outputs), len(references))
    rows = [
        (output, [each for each in own if each.strip()])
        for output, own in zip(outputs, references, strict=True)
    ]
    rows = [(output, own) for output, own in rows if own]
    if not rows:
        return None
    from sacrebleu.metrics.bleu import BLEU
    from sacrebleu.metrics.chrf import CHRF

    written = [output for output, _own in rows]
    most = max(len(own) for _output, own in rows)
    streams: list[list[str | None]] = [
        [own[place] if place < len(own) else None for _output, own in rows] for place in range(most)
    ]
    rouge = [_rouge(output, own) for output, own in rows]
    bleu = BLEU(tokenize=_tokenizer([each for _output, own in rows for each in own]))
    streams_given: Any = streams  # None stands for a reference that a text does not have
    return TextScores(
        rouge1=_mean([each[0] for each in rouge]),
        rouge2=_mean([each[1] for each in rouge]),
        rouge_l=_mean([each[2] for each in rouge]),
        bleu=float(bleu.corpus_score(written, streams_given).score),
        chrf=float(CHRF().corpus_score(written, streams_given).score),
        exact=_mean([float(output.strip() in {o.strip() for o in own}) for output, own in rows]),
        count=len(rows),
    )


def check_references(texts: int, references: int) -> None:
    """InputError unless there is an entry of references for each text."""
    if texts != references:
        raise InputError(
            _(
                "{references:,} references came with {texts:,} texts: give one line for each text, "
                "in the same order."
            ).format(references=references, texts=texts)
        )


def _rouge(output: str, references: Sequence[str]) -> tuple[float, float, float]:
    """The F1 of ROUGE-1, ROUGE-2 and ROUGE-L, each of the reference where it is largest."""
    from rouge_score.rouge_scorer import RougeScorer

    check_compared((output, *references))
    scorer = RougeScorer(["rouge1", "rouge2", "rougeL"], tokenizer=_Words())
    found = scorer.score_multi(list(references), output)
    return tuple(float(found[name].fmeasure) for name in ("rouge1", "rouge2", "rougeL"))  # type: ignore[return-value]


class _Words:
    """Words in lower case, and Chinese characters one by one: rouge-score's own drops them."""

    def tokenize(self, text: str) -> list[str]:
        """As rouge-score calls it."""
        return _WORDS.findall(text.casefold())


def _tokenizer(references: Sequence[str]) -> str:
    """sacrebleu's tokenizer for these texts."""
    letters = [sign for text in references for sign in text if sign.isalpha()]
    han = sum("\u3400" <= sign <= "\u9fff" for sign in letters)
    return "zh" if letters and han >= _ENOUGH * len(letters) else "13a"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
