"""What all sessions share, each made once and bounded: models, captures, records, fetches.

Streamlit's own caches are not used for these: they warn in threads that serve no session, such as
the one that warms up, and count entries where we count bytes.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from core import catalogue
from core.cache import ByteCache
from core.catalogue import FetchJob, FetchJobs
from core.errors import InputError, ModelNotFoundError
from core.jobs import Jobs
from core.language import _, current_language, speaking
from core.records import Records

if TYPE_CHECKING:
    from core.attention import AttentionOverview
    from core.attention.places import Stack
    from core.classes import Classes, Guesses
    from core.models import ModelPool, ModelTokenizer
    from core.recent import RecentWork

VIEW_TOKENS: Final = 512
"""The most tokens of one text that the attention views show."""
ANSWER_TOKENS: Final = 40
"""The most tokens that an encoder–decoder model writes where no target is given."""
CAPTURE_BYTES: Final = 320 * 2**20
"""Captures of all sessions together: queries and keys, from which weights follow. A session holds
none of its own, so that thirty of them stay under 500 MB."""
RESULT_BYTES: Final = 32 * 2**20
RESULT_GUESS: Final = 50_000
"""Bytes that a result counts for which does not say its size."""
RUNNING: Final = "running"
"""How the keys of results go on, after the model's id, that hold a model in memory."""
MEMORY_VARIABLE: Final = "HEADLIGHT_MODEL_MEMORY"

Thing = TypeVar("Thing")
_making = threading.RLock()


def _once(make: Callable[[], Thing]) -> Callable[[], Thing]:
    """``make`` called once in this process, also when two sessions ask at the same time."""
    made = cache(make)

    def get() -> Thing:
        with _making:
            return made()

    return get


@_once
def records() -> Records:
    """The database."""
    return Records()


@_once
def classes() -> Classes:
    """The open classes."""
    from core.classes import Classes, ClassTable

    return Classes(ClassTable(records()))


@_once
def guesses() -> Guesses:
    """Wrong codes of classes, slowed down."""
    from core.classes import Guesses

    return Guesses()


@_once
def recent_work() -> RecentWork:
    """What each browser did last."""
    from core.recent import RecentWork

    return RecentWork(records())


@_once
def pool() -> ModelPool:
    """The models in memory: at most ``HEADLIGHT_MODEL_MEMORY`` gigabytes, by default half of what
    the device has."""
    from core.device import choose_device, memory_report
    from core.models import ModelPool

    limit = _named_limit() or memory_report(choose_device()).total // 2
    return ModelPool(limit, left=_let_go)


def _named_limit() -> int:
    """The bytes that ``HEADLIGHT_MODEL_MEMORY`` names, 0 where it is not set; InputError for what
    is no number of gigabytes."""
    named = os.environ.get(MEMORY_VARIABLE, "").strip()
    try:
        limit = int(float(named or 0) * 2**30)
    except (ValueError, OverflowError):
        limit = -1
    if limit < 0 or (named and not limit):
        raise InputError(
            _(
                "{variable} is “{value}”: it takes a number of gigabytes, such as 8 or 4.5. Change "
                "it and start again."
            ).format(variable=MEMORY_VARIABLE, value=named[:40])
        )
    return limit


def _let_go(model_id: str) -> None:
    """Drop the running sessions of a model that leaves the memory: they would hold it there."""
    results().drop(
        lambda key: (
            isinstance(key, tuple)
            and key[0] == model_id
            and isinstance(key[1], tuple)
            and key[1][0] == RUNNING
        )
    )


@_once
def fetch_jobs() -> FetchJobs:
    """The fetches that run in the background."""
    return FetchJobs(_fetch)


def _fetch(name: str, progress: catalogue.Progress) -> Path:
    """Fetch a model or dataset; what the catalogue does not list is remembered by its name."""
    if catalogue.find_dataset(name) is not None:
        return catalogue.ensure_dataset(name, progress)
    folder = catalogue.ensure_model(name, progress)
    if catalogue.find_model(name) is None:
        records().remember_model(name)
    return folder


@_once
def jobs() -> Jobs[object]:
    """Computations of seconds, one after another, for all sessions."""
    return Jobs()


@_once
def table_jobs() -> Jobs[object]:
    """What is asked of whole tables, for minutes: what takes seconds does not wait for it."""
    return Jobs()


@_once
def overviews() -> ByteCache[AttentionOverview]:
    """Captures of all sessions, by keys that begin with the model's id."""
    return ByteCache(CAPTURE_BYTES, lambda overview: overview.nbytes)


@_once
def results() -> ByteCache[object]:
    """Small things computed of models, by keys that begin with the model's id."""
    return ByteCache(RESULT_BYTES, lambda value: int(getattr(value, "nbytes", RESULT_GUESS)))


@lru_cache(maxsize=16)
def tokenizer(model_id: str) -> ModelTokenizer:
    """The tokenizer of a model on this server, without the model's weights."""
    from core.models import load_tokenizer

    return load_tokenizer(require_known(model_id))


def available_models() -> dict[str, str]:
    """The models that are on this server, id → title: built-in first, those of runs last."""
    from app.run_models import run_titles

    fetched = {entry.id: entry.title for entry in catalogue.models() if catalogue.is_fetched(entry)}
    named = {name: name for name in records().known_models() if name not in fetched}
    return fetched | named | run_titles()


def require_known(model_id: str) -> str:
    """``model_id`` when this server has that model; a link cannot make it fetch or open another.

    A checkpoint of a run (``run:ID@STEP``) is there although no list shows it. Raises
    ``ModelNotFoundError``.
    """
    from app.run_models import is_known_run

    if is_known_run(model_id) or model_id in available_models():
        return model_id
    shown = model_id if len(model_id) <= 80 else model_id[:80] + "…"
    raise ModelNotFoundError(
        _(
            "{model} is not on this server: choose another model, or fetch it on the page Models."
        ).format(model=shown or _("A model without a name"))
    )


def attention_overview(
    model_id: str, text: str, pair: str = "", stack: Stack = "self"
) -> AttentionOverview:
    """The attention of ``text`` in a model on this server, captured once for all sessions.

    An encoder–decoder model without a ``pair`` writes the target itself.
    """
    from core.attention import attention_overview as compute
    from core.attention import generate_and_capture, overview_of

    def capture() -> AttentionOverview:
        if stack != "self":  # of the same capture
            return overview_of(attention_overview(model_id, text, pair).capture, stack=stack)
        with pool().lease(require_known(model_id)) as model:
            if model.kind == "seq2seq" and not pair:
                made = generate_and_capture(
                    model, text, max_new_tokens=ANSWER_TOKENS, limit=VIEW_TOKENS
                )
                return overview_of(made.capture)
            return compute(model, text, pair or None, limit=VIEW_TOKENS)

    return overviews().get((model_id, text, pair, stack), capture)


def start_fetch(model_id: str) -> FetchJob:
    """Fetch a model in the background; its messages are in the language of who asked."""
    with speaking(current_language()):
        return fetch_jobs().start(model_id)


def forget(model_id: str) -> None:
    """Drop what is held of a model that was unloaded or changed."""
    for held in (overviews(), jobs(), table_jobs(), results()):
        held.drop(lambda key: isinstance(key, tuple) and key[0] == model_id)
    tokenizer.cache_clear()


def warm_up() -> None:
    """Import the heavy libraries and load the first models before anybody waits for them."""
    from app.examples import EXAMPLES

    for example in EXAMPLES.values():
        if example.model in available_models():
            attention_overview(example.model, example.text)
