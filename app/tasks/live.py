"""An answer while it is written: its text so far, Stop, and the answer once it is done.

Each has a thread of its own, so that the steps of several sessions are computed together; the same
question is written once for all who ask.
"""

from __future__ import annotations

import contextvars
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

import streamlit as st

from app import resources
from app.frame import as_plain, framed
from app.tasks.look import PARAMETERS, Answered, Look, title_of
from core.jobs import Job, Progress, Stop
from core.language import _, current_language, speaking
from core.tasks import Way
from core.tasks.generation import write_answer
from core.tasks.lines import split_lines

MOST_AT_ONCE: Final = 16
"""As many texts as a batch has rows; the others wait."""
KEPT: Final = 64
TICK: Final = 0.3
AT_ONCE: Final = 0.5
"""Seconds; what ends within them is not streamed."""

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)
_lock = threading.Lock()
_live: OrderedDict[Hashable, Live] = OrderedDict()


class Live:
    """One answer: ``text`` so far, and the job whose value it becomes."""

    def __init__(self) -> None:
        self.text = ""
        self.job: Job[Answered] = Job()
        self.halted = False
        """Whether a reader stopped it: it is not begun again by itself."""

    def halt(self) -> None:
        """End after the step that is computed now."""
        self.halted = True
        self.job.stop()

    def start(self, look: Look, way: Way) -> None:
        """Write, in the language of who asks."""

        def write(_progress: Progress, stop: Stop) -> Answered:
            while not _turns.acquire(timeout=TICK):
                if stop():
                    break
            else:
                try:
                    return self._write(look, way, stop)
                finally:
                    _turns.release()
            return Answered(answers=(), seconds=0.0)

        with speaking(current_language()):
            context = contextvars.copy_context()
        threading.Thread(
            target=context.run, args=(self.job.run, write), name="task", daemon=True
        ).start()

    def _write(self, look: Look, way: Way, stop: Stop) -> Answered:
        def heard(text: str) -> None:
            self.text = text

        with resources.pool().lease(resources.require_known(look.model(way))) as model:
            begun = time.perf_counter()
            answer = write_answer(
                look.task,
                model,
                look.text,
                split_lines(look.second),
                way=way,
                stop=stop,
                heard=heard,
            )
            return Answered(answers=(answer,), seconds=time.perf_counter() - begun)


def ask_live(look: Look, way: Way) -> Answered | None:
    """The answer of ``way``; None while it is written, with its text so far and Stop in its place.

    A stopped one is given with what there was, and a button to write it again.
    """
    key = (look.model(way), look.task_id, way, look.text, look.second, current_language())
    live = _live_of(key, look, way)
    if not live.job.wait(AT_ONCE):
        _show_live(key, look, way)
        return None
    if live.job.error is not None:
        _forget(key)
        st.error(as_plain(live.job.error))
        return None
    if live.halted:
        st.button(
            _("Write it again"),
            key=f"tasks_again_{PARAMETERS[way]}",
            icon=":material/refresh:",
            on_click=_forget,
            args=(key,),
        )
    found = live.job.value
    return found if found is not None and found.answers else None


def _live_of(key: Hashable, look: Look, way: Way) -> Live:
    with _lock:
        live = _live.get(key)
        if live is None or (live.job.done and live.job.stopped and not live.halted):
            live = _live[key] = Live()
            live.start(look, way)
        _live.move_to_end(key)
        for old in [each for each, one in _live.items() if one.job.done][: len(_live) - KEPT]:
            del _live[old]
    return live


def _forget(key: Hashable) -> None:
    with _lock:
        _live.pop(key, None)


@st.fragment(run_every=TICK)
@framed
def _show_live(key: Hashable, look: Look, way: Way) -> None:
    """The text so far; once it is done everything is drawn again."""
    live = _live.get(key)
    if live is None or live.job.done:
        st.rerun()
    live.job.watch()
    with st.container(border=True):
        st.text(live.text or _("{model} begins to write …").format(model=title_of(look.model(way))))
    st.button(
        _("Stop"),
        key=f"tasks_stop_{PARAMETERS[way]}",
        icon=":material/stop:",
        on_click=live.halt,
    )
