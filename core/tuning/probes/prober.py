"""``Prober``: what a training loop calls to look into the network that it trains.

It holds the inputs and heads of a run, which are decided once and kept with it, and writes a probe
for each step that it is called at. When that is, the loop knows; how labelled rows are read, it is
told.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from core.errors import HeadlightError
from core.models.language_model import LanguageModel
from core.tokens import Tokens
from core.tuning.probes.heads import Head, choose_heads
from core.tuning.probes.inspection import LearningModel
from core.tuning.probes.readings import (
    Counts,
    FloatArray,
    Probe,
    ProbeInput,
    ProbeReading,
    ProbeTask,
)
from core.tuning.probes.spec import ProbeSpec
from core.tuning.probes.storage import PROBES, write_probe
from core.tuning.probes.taking import (
    TOKENS,
    masked_input,
    read_attention,
    read_continuation,
    read_cross_attention,
    read_predictions,
)

PLAN: Final = "plan.json"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LabelledText:
    """A text as a network reads it that gives labels: token numbers and segments of one row.

    ``probabilities`` gives those of the labels, a row for each of ``words``, or one for the text;
    it is called while the network may be asked.
    """

    ids: tuple[int, ...]
    types: tuple[int, ...]
    probabilities: Callable[[], FloatArray]  # (word or 1, label)
    words: tuple[str, ...] = ()


ReadLabelled = Callable[[ProbeInput], LabelledText]


class Prober:
    """Looks into ``learning`` at the steps that a loop says, and keeps it in the run's ``folder``.

    ``inputs`` and the heads of ``spec`` hold for the whole run: those that an earlier attempt of it
    kept in ``folder`` come before them. ``read_labelled`` is needed where labels are learnt, whose
    names are ``label_names``. Raises InputError for a head that is not there.
    """

    def __init__(
        self,
        spec: ProbeSpec,
        learning: LearningModel,
        inputs: tuple[ProbeInput, ...],
        folder: Path,
        *,
        task: ProbeTask,
        label_names: tuple[str, ...] = (),
        read_labelled: ReadLabelled | None = None,
    ) -> None:
        self._spec, self._learning, self._folder = spec, learning, folder
        self._task, self._label_names = task, label_names
        self._read_labelled = read_labelled
        self._failed = False
        kept = _read_plan(folder)
        if kept is None:
            kept = inputs, self._choose_heads(inputs)
            _write_plan(folder, *kept)
        self.inputs, self.heads = kept

    def take(
        self,
        step: int,
        *,
        scores: Mapping[str, float] | None = None,
        confusion: Counts | None = None,
    ) -> None:
        """Look into the network after ``step`` steps and keep what is found.

        The network, and what is drawn at random after this, are as if it had not been asked.
        ``scores`` and ``confusion`` are what was measured at this step. What cannot be looked into
        is logged once and the run goes on; raises OSError where the disk is full.
        """
        if self._failed:
            return
        try:
            with self._learning.inspected() as model:
                readings = tuple(self._read(model, each) for each in self.inputs)
        except (HeadlightError, ValueError, RuntimeError, LookupError, TypeError):
            # A run is worth more than a look into it.
            _log.exception("the probe of step %d failed; no more are taken", step)
            self._failed = True
            return
        write_probe(
            self._folder,
            Probe(
                step=step,
                task=self._task,
                inputs=self.inputs,
                heads=self.heads,
                readings=readings,
                label_names=self._label_names,
                scores=dict(scores or {}),
                confusion=confusion,
            ),
        )

    def _choose_heads(self, inputs: tuple[ProbeInput, ...]) -> tuple[Head, ...]:
        with self._learning.inspected():
            model = self._learning.base_model
            tokens = [self._tokens(model, each) for each in inputs[:1]]
            return choose_heads(model, tokens[0], self._spec.heads) if tokens else ()

    def _tokens(self, model: LanguageModel, given: ProbeInput) -> Tokens:
        if self._read_labelled is not None:
            return _labelled_tokens(model, self._read_labelled(given))
        if self._task == "masked":
            return masked_input(model, given.text)[0]
        return model.encode(given.text, limit=TOKENS)

    def _read(self, model: LanguageModel, given: ProbeInput) -> ProbeReading:
        virtual = self._learning.virtual
        if self._read_labelled is not None:
            text = self._read_labelled(given)
            tokens = _labelled_tokens(model, text)
            seen = read_attention(model, tokens, self.heads, virtual=virtual)
            return replace(seen, words=text.words, probabilities=text.probabilities())
        if self._task == "masked":
            tokens, originals = masked_input(model, given.text)
            seen = read_attention(model, tokens, self.heads, virtual=virtual)
            masks = read_predictions(model, tokens, originals, virtual=virtual)
            return replace(seen, masks=masks)
        tokens = self._tokens(model, given)
        if self._task == "seq2seq":
            target = model.encode_target("".join(given.expected) or None, limit=TOKENS)
            seen = read_cross_attention(model, tokens, target, self.heads)
        else:
            seen = read_attention(model, tokens, self.heads, virtual=virtual)
        texts, probabilities = read_continuation(
            model, tokens, self._spec.new_tokens, virtual=virtual
        )
        return replace(seen, continuation=texts, continuation_probabilities=probabilities)


def _labelled_tokens(model: LanguageModel, text: LabelledText) -> Tokens:
    """The tokens of a row as a network reads them."""
    tokens = model.reader.read_ids(text.ids)
    return replace(tokens, types=text.types) if text.types else tokens


def _read_plan(folder: Path) -> tuple[tuple[ProbeInput, ...], tuple[Head, ...]] | None:
    try:
        values = json.loads((folder / PROBES / PLAN).read_text("utf-8"))
        inputs = tuple(ProbeInput.from_values(each) for each in values["inputs"])
        return inputs, tuple((int(layer), int(head)) for layer, head in values["heads"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write_plan(folder: Path, inputs: tuple[ProbeInput, ...], heads: tuple[Head, ...]) -> None:
    place = folder / PROBES
    place.mkdir(parents=True, exist_ok=True)
    values = {"inputs": [asdict(each) for each in inputs], "heads": heads}
    half = place / f"{PLAN}.part"
    half.write_text(json.dumps(values, ensure_ascii=False), "utf-8")
    half.replace(place / PLAN)
