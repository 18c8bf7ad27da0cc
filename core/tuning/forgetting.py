"""What a run made its model forget: how it reads a fixed sample of old texts before and after.

A masked model is asked for every word masked in turn, a causal one for every next word, and the
loss is −log p in nats. An encoder predicts no words; of it is told how far the vectors of whole
sentences moved, one minus their cosine. The texts belong to Headlight and no run is trained on
them unless it is told to.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, cast

import numpy as np
import numpy.typing as npt
import torch

from core.catalogue import find_model
from core.generation import score_text
from core.masked import pseudo_log_likelihood
from core.tuning.everyday import everyday_sentences
from core.tuning.kept import KeptModel
from core.tuning.outcome.intervals import bootstrap

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel

Measured = Literal["masked", "causal", "vectors"]
Progress = Callable[[int, int], None]
Stop = Callable[[], bool]
Lease = Callable[[str], AbstractContextManager["LanguageModel"]]
FILE: Final = "forgotten.json"
_CHINESE: Final = (
    "今天天气很好，我们去公园散步。",
    "他每天早上六点起床，然后去上班。",
    "北京是中国的首都，也是一座古老的城市。",
    "妈妈在厨房里做饭，爸爸在看报纸。",
    "这本书很有意思，我已经看了两遍。",
    "火车马上就要开了，请大家赶快上车。",
    "冬天来了，树上的叶子都落光了。",
    "老师告诉学生们明天不用上课。",
    "我想买一件红色的衣服送给她。",
    "医生说他需要多喝水，多休息。",
    "这条河从西向东流入大海。",
    "孩子们在院子里高兴地唱歌跳舞。",
    "经过三年的努力，他终于学会了游泳。",
    "如果明天下雨，我们就在家里看电影。",
    "市场上的水果又新鲜又便宜。",
    "他们昨天晚上讨论了一个重要的问题。",
    "春节的时候，家家户户都要吃饺子。",
    "这个问题太难了，我想了很久也没有答案。",
    "请把窗户打开，房间里太热了。",
    "图书馆里很安静，大家都在认真学习。",
)
"""Twenty everyday sentences, written for this and never trained on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """The same sentences before and after a run.

    ``before`` and ``after`` are sums of −log p in nats over the ``tokens`` of each sentence; of
    vectors ``after`` is the distance to before, ``before`` is 0, and ``tokens`` are 1.
    """

    measured: Measured
    sentences: tuple[str, ...]
    tokens: tuple[int, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]

    @property
    def means(self) -> tuple[float, float]:
        """The mean before and after, for a token (of vectors: for a sentence)."""
        count = max(1, sum(self.tokens))
        return sum(self.before) / count, sum(self.after) / count

    @property
    def change(self) -> float:
        """The mean after less that before: above 0 something was forgotten."""
        before, after = self.means
        return after - before

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of ``change``, by the bootstrap over sentences."""
        columns = (np.subtract(self.after, self.before), self.tokens)
        rows = np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)
        return bootstrap(rows, _ratio)

    @property
    def worst(self) -> tuple[int, ...]:
        """The sentences by how much worse each became for a token, the worst first."""
        changes = [
            (after - before) / max(1, count)
            for before, after, count in zip(self.before, self.after, self.tokens, strict=True)
        ]
        return tuple(sorted(range(len(changes)), key=lambda place: -changes[place]))

    def to_json(self) -> str:
        """All of it, as ``read_forgotten`` reads it."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n"


def _ratio(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    found: npt.NDArray[np.float64] = sums[:, 0] / np.maximum(1, sums[:, 1])
    return found


def old_texts(kept: KeptModel) -> tuple[str, ...]:
    """The sentences that the model of a run is asked about, in the language that it reads."""
    entry = find_model(kept.base)
    languages = entry.languages if entry is not None else ("en",)
    if "zh" in languages and "en" not in languages:
        return _CHINESE
    english = tuple(each.text.replace("[MASK]", each.answers[0]) for each in everyday_sentences())
    return english + (_CHINESE if "zh" in languages else ())


def what_was_forgotten(
    kept: KeptModel,
    lease: Lease,
    *,
    texts: Sequence[str] = (),
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> Forgotten | None:
    """How the model that the run of ``kept`` began from, and then ``kept``, read the same texts.

    ``lease`` gives a model for as long as it is needed (``ModelPool.lease``). None where ``stop``
    said so before the end. Raises what ``load_model`` raises, of the model before too.
    """
    sentences = tuple(texts) or old_texts(kept)
    total = 2 * len(sentences)
    kind = kept.kind
    measured: Measured = cast("Measured", kind) if kind in ("masked", "causal") else "vectors"
    found: list[list[_Reading]] = []
    for number, name in enumerate((kept.base, kept.name)):
        readings: list[_Reading] = []
        with lease(name) as model:
            for reading in _read(model, measured, sentences):
                readings.append(reading)
                if progress is not None:
                    progress(number * len(sentences) + len(readings), total)
                if stop is not None and stop():
                    return None
        found.append(readings)
    first, second = found
    if measured == "vectors":
        distances = [
            _distance(one.vector, other.vector) for one, other in zip(first, second, strict=True)
        ]
        zeros = (0.0,) * len(sentences)
        ones = (1,) * len(sentences)
        return Forgotten(
            measured=measured,
            sentences=sentences,
            tokens=ones,
            before=zeros,
            after=tuple(distances),
        )
    return Forgotten(
        measured=measured,
        sentences=sentences,
        tokens=tuple(one.tokens for one in first),
        before=tuple(one.loss for one in first),
        after=tuple(one.loss for one in second),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Reading:
    """One sentence: the sum of −log p over its ``tokens``, or its vector."""

    loss: float = 0.0
    tokens: int = 1
    vector: npt.NDArray[np.float64] | None = None


def _read(model: LanguageModel, measured: Measured, sentences: Sequence[str]) -> Iterator[_Reading]:
    for text in sentences:
        if measured == "masked":
            masked = pseudo_log_likelihood(model, text)
            yield _Reading(loss=-masked.total, tokens=len(masked.per_token))
        elif measured == "causal":
            scored = score_text(model, text)
            # Virtual tokens give even the first word something before it; it is left out.
            own = scored.log_probabilities[_first(scored.tokens.segments) + 1 :]
            yield _Reading(loss=-float(own.astype(np.float64).sum()), tokens=len(own))
        else:
            yield _Reading(vector=_vector(model, text))


def _first(segments: Sequence[int | None]) -> int:
    """The place of the first token of the text itself."""
    return next((place for place, each in enumerate(segments) if each is not None), 0)


def _vector(model: LanguageModel, text: str) -> npt.NDArray[np.float64]:
    """The mean of the last layer's vectors over the tokens of the text. (hidden,)"""
    tokens = model.encode_source(text)
    with torch.inference_mode():
        states = model.network.base_model(**model.inputs(tokens))[0][0]  # (token, hidden)
    own = [place for place, segment in enumerate(tokens.segments) if segment is not None]
    found: npt.NDArray[np.float64] = states[own].cpu().double().mean(dim=0).numpy()
    return found


def _distance(one: npt.NDArray[np.float64] | None, other: npt.NDArray[np.float64] | None) -> float:
    """One minus the cosine."""
    if one is None or other is None:
        return math.nan
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return max(0.0, 1.0 - float(one @ other) / length) if length else math.nan


def write_forgotten(folder: Path, found: Forgotten) -> None:
    """Keep what was measured with the run, whole or not at all."""
    part = folder / f".{FILE}.part"
    part.write_text(found.to_json(), "utf-8")
    part.replace(folder / FILE)


def read_forgotten(folder: Path) -> Forgotten | None:
    """What was measured of a run; None while nothing was."""
    try:
        values = json.loads((folder / FILE).read_text("utf-8"))
        return Forgotten(
            measured=values["measured"],
            sentences=tuple(map(str, values["sentences"])),
            tokens=tuple(map(int, values["tokens"])),
            before=tuple(map(float, values["before"])),
            after=tuple(map(float, values["after"])),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
