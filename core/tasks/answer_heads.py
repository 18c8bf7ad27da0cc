"""Where an answer begins and ends, by a model with a head for both (Devlin et al. 2019, section 4).

transformers calls such models "ForQuestionAnswering": their files hold ``qa_outputs``, two outputs
for each token. p(span) = p(begins here) · p(ends there); the first token stands for "not in the
text", as in SQuAD 2.0. A long text is read in windows that overlap. Training one is not done here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.catalogue.weights import weights_files
from core.errors import InputError, UnsupportedError
from core.language import _
from core.tasks.comprehension import SHOWN, Passage, Reading
from core.tasks.windows import text_windows, token_ends

if TYPE_CHECKING:
    from core.jobs import Stop
    from core.models.language_model import LanguageModel

LONGEST: Final = 30
"""Tokens of an answer."""
WINDOW: Final = 384
OVERLAP: Final = 128
_HEAD: Final = "qa_outputs"


def read_windows(model: LanguageModel, text: str, question: str, stop: Stop) -> tuple[Reading, ...]:
    """A reading of each window of ``text``.

    Raises UnsupportedError for a model without such a head, InputError for a question that leaves
    no room for a text.
    """
    weight, bias = answer_head(model)
    asked = len(model.encode(question))
    limit = min(WINDOW, model.shape.max_tokens)
    room = limit - asked - 2
    if room < 16:
        raise InputError(
            _(
                "The question has {count} tokens and leaves no room for the text: shorten it."
            ).format(count=asked)
        )
    readings = []
    windows = text_windows(
        text, room, lambda part: token_ends(model, part), overlap=min(OVERLAP, room // 3)
    )
    for start, end in windows:
        if stop():
            break
        readings.append(_read(model, weight, bias, question, text[start:end], start))
    return tuple(readings)


def has_answer_head(model: LanguageModel) -> bool:
    """Whether the files of ``model`` hold a head for answers."""
    from safetensors import safe_open

    for file in weights_files(model.folder):
        with safe_open(file, framework="pt") as weights:
            if f"{_HEAD}.weight" in weights.keys():  # noqa: SIM118 - no mapping
                return True
    return False


def answer_head(model: LanguageModel) -> tuple[torch.Tensor, torch.Tensor]:
    """Weight (2, hidden) and bias (2,) of the head. Raises UnsupportedError where there is none."""
    from safetensors import safe_open

    for file in weights_files(model.folder):
        with safe_open(file, framework="pt") as weights:
            if f"{_HEAD}.weight" in weights.keys():  # noqa: SIM118
                found = [weights.get_tensor(f"{_HEAD}.{part}") for part in ("weight", "bias")]
                if found[0].shape == (2, model.shape.hidden):
                    return found[0].to(model.device).float(), found[1].to(model.device).float()
    raise UnsupportedError(
        _(
            "{id} has no head that finds answers: choose a model for question answering, such as "
            "one that was tuned on SQuAD."
        ).format(id=model.id)
    )


def _read(
    model: LanguageModel,
    weight: torch.Tensor,
    bias: torch.Tensor,
    question: str,
    text: str,
    offset: int,
) -> Reading:
    tokens = model.encode(question, text)
    network = getattr(model.network, "base_model", model.network)
    with torch.inference_mode():
        last = network(**model.inputs(tokens)).last_hidden_state[0].float()  # (token, hidden)
        logits = (last @ weight.T + bias).cpu().numpy()  # (token, 2)
    inside = np.array([segment == 1 for segment in tokens.segments])  # (token,)
    return best_spans(
        logits[:, 0], logits[:, 1], inside, [span or (0, 0) for span in tokens.spans], offset
    )


def best_spans(
    starts: npt.NDArray[np.float32],
    ends: npt.NDArray[np.float32],
    inside: npt.NDArray[np.bool_],
    spans: list[tuple[int, int]],
    offset: int = 0,
) -> Reading:
    """The likeliest spans by the logits of their beginning and end. (token,) each

    ``inside`` says which tokens are of the text; the first token stands for no answer. Spans that
    share words with a better one are left out.
    """
    allowed = inside.copy()
    allowed[0] = True
    first, last = (_log_softmax(np.where(allowed, part, -np.inf)) for part in (starts, ends))
    scores = first[:, None] + last[None, :]  # (begins, ends)
    reach = np.arange(len(starts))[None, :] - np.arange(len(starts))[:, None]
    fitting = (reach >= 0) & (reach < LONGEST) & inside[:, None] & inside[None, :]
    scores = np.where(fitting, scores, -np.inf)
    none = float(first[0] + last[0])
    kept: list[tuple[int, int, float]] = []
    for place in np.argsort(-scores, axis=None, kind="stable")[: 40 * SHOWN].tolist():
        begin, end = divmod(place, len(starts))
        if not np.isfinite(scores[begin, end]) or len(kept) == SHOWN:
            break
        if all(end < other[0] or other[1] < begin for other in kept):
            kept.append((begin, end, float(scores[begin, end])))
    return Reading(
        passages=tuple(
            Passage(
                start=offset + spans[begin][0],
                end=offset + spans[end][1],
                probability=float(np.exp(score)),
            )
            for begin, end, score in kept
        ),
        none=float(np.exp(none)),
        margin=kept[0][2] - none if kept else -np.inf,
    )


def _log_softmax(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    top = values.max()
    found: npt.NDArray[np.float64] = values - top - np.log(np.exp(values - top).sum())
    return found
