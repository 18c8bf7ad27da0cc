"""A tag without training: that of the mean vector which a word's vector is most like.

Each tag has one vector: the mean of the vectors that an encoder gives the words with this tag in
some tagged sentences (nearest class mean; Snell et al. 2017 call them prototypes).
p(tag) = softmax over tags of cos(word, mean) / τ + log(share of the words with this tag), both
vectors taken from the mean of all words. The vectors are made by

    python -m core.tasks.tag_means NAME

and come with Headlight, for one model each.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
import torch

from core.errors import UnsupportedError
from core.language import _
from core.tasks.zero_shot import softmax
from core.weights import FOLDER

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel
    from core.tasks.tagging import Word
    from core.tasks.task import Task

MEANS: Final = FOLDER / "tag-means"
SENTENCES: Final = 1_000
TEMPERATURE: Final = 0.1
SHARE: Final = " share"
"""What follows a tag's name where its share of the words is stored."""
FloatArray = npt.NDArray[np.float32]


def nearest_tags(task: Task, model: LanguageModel, text: str, words: Sequence[Word]) -> FloatArray:
    """The probability of each of the task's tags for each word. (word, label)

    Raises UnsupportedError for a model of which no means are there.
    """
    from safetensors.numpy import load_file

    path = means_file(task.id, model.id)
    if not path.is_file():
        raise UnsupportedError(
            _("No mean vectors of {id} are there for this task: choose {model}.").format(
                id=model.id, model=task.models.get("built-in", "") or _("none")
            )
        )
    stored = load_file(path)
    means = np.stack([stored[label.name] for label in task.labels]).astype(np.float32)
    vectors = word_vectors(model, text, [(word.start, word.end) for word in words])
    shares = np.array([float(stored[f"{label.name}{SHARE}"][0]) for label in task.labels])
    cosines = _unit(vectors - stored["all"]) @ _unit(means - stored["all"]).T  # (word, label)
    return softmax((cosines / TEMPERATURE + np.log(shares)).astype(np.float32))


def word_vectors(model: LanguageModel, text: str, places: Sequence[tuple[int, int]]) -> FloatArray:
    """The mean of the last vectors of each word's tokens. (word, hidden); NaN where it was cut."""
    tokens = model.encode(text)
    network = getattr(model.network, "base_model", model.network)
    with torch.inference_mode():
        last = network(**model.inputs(tokens)).last_hidden_state[0].float().cpu().numpy()
    found: FloatArray = np.full((len(places), last.shape[1]), np.nan, dtype=np.float32)
    spans = [(0, 0) if span is None else span for span in tokens.spans]
    for row, (start, end) in enumerate(places):
        own = [place for place, span in enumerate(spans) if span[0] < end and start < span[1]]
        if own:
            found[row] = last[own].mean(0)
    return found


def means_file(task_id: str, model_id: str) -> Path:
    """Where the means of a model are stored."""
    return MEANS / f"{task_id}.{model_id}.safetensors"


def tag_means(
    model: LanguageModel, sentences: Iterable[tuple[Sequence[str], Sequence[str]]], joint: str
) -> dict[str, FloatArray]:
    """The mean vector of each tag, and of all words ("all"), (hidden,), and each share, (1,)."""
    sums: dict[str, FloatArray] = {}
    counts: dict[str, int] = {}
    for words, tags in sentences:
        places, start = [], 0
        for word in words:
            places.append((start, start + len(word)))
            start += len(word) + len(joint)
        for vector, tag in zip(word_vectors(model, joint.join(words), places), tags, strict=True):
            if np.isnan(vector[0]):
                continue
            for name in (tag, "all"):
                sums[name] = sums.get(name, np.zeros_like(vector)) + vector
                counts[name] = counts.get(name, 0) + 1
    found = {name: (total / counts[name]).astype(np.float32) for name, total in sums.items()}
    shares = {
        f"{name}{SHARE}": np.array([count / counts["all"]], dtype=np.float32)
        for name, count in counts.items()
    }
    return found | shares


def _unit(vectors: FloatArray) -> FloatArray:
    unit: FloatArray = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    return unit


def main(arguments: Sequence[str] | None = None) -> int:
    """Make and store the means of a task's built-in model."""
    from safetensors.numpy import save_file

    from core.models import load_model
    from core.tasks.families import find_task
    from core.tasks.tuned import recipe_of
    from core.tuning.labelled import prepare

    parser = argparse.ArgumentParser(prog="python -m core.tasks.tag_means")
    parser.add_argument("name")
    given = parser.parse_args(arguments)
    task = find_task(given.name)
    model = load_model(task.models["built-in"])
    rows = prepare(recipe_of(task.id).source).train  # what is held out stays so
    names = rows.label_names
    sentences = (
        (words, [names[tag] for tag in tags])
        for words, tags in zip(rows.words, rows.tags, strict=True)
    )
    joint = "" if "zh" in task.languages else " "
    found = tag_means(model, islice(sentences, SENTENCES), joint)
    MEANS.mkdir(exist_ok=True)
    save_file({name: found[name] for name in sorted(found)}, means_file(task.id, model.id))
    sys.stdout.write(f"{means_file(task.id, model.id)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
