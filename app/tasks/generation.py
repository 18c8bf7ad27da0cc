"""The room Generation: a text written in each way, streamed, and scored against references."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import streamlit as st

from app import resources
from app.facts import model_kind, of_model
from app.frame import as_plain
from app.generation.state import stepping_link
from app.navigation import page_path
from app.other_models import is_of_kind
from app.run_models import run_models
from app.tasks.generation_many import show_written
from app.tasks.live import ask_live
from app.tasks.look import PARAMETERS, Look
from app.tasks.take_away import show_take_away
from app.tasks.ways import show_ways
from components.tables import table
from core.generation import ChatMessage, chat_prompt
from core.language import _
from core.models import LanguageModel
from core.tasks import Answer, Task, Way
from core.tasks.generation import WrittenAnswer, is_extractive
from core.tasks.task_writing import NUMBERS_MODEL, instruction
from core.tasks.text_scores import TextScores


def show(look: Look) -> None:
    """What each way writes, its scores, then many texts at once."""
    show_ways(look, _hows(look), _draw, candidates=_candidates, links=_links, ask=ask_live)
    show_take_away(look, show_written)


def _hows(look: Look) -> dict[Way, str]:
    built_in = {
        "summary": _("the sentence most like the whole text: nothing is made up"),
        "to-english": _("an encoder–decoder that knows numbers, and nothing else"),
        "to-chinese": _("an encoder–decoder that knows numbers, and nothing else"),
        "continuation": _("the model goes on from the last word"),
        "dialogue": _("none: a dialogue needs a model that was told how"),
    }
    return {
        "built-in": built_in[look.task_id],
        "prompted": _("an instruct model that is told what to do"),
        "tuned": _("a model that learnt the task: from the hub, or by a run"),
    }


def _draw(look: Look, way: Way, answer: Answer) -> None:
    found = cast("WrittenAnswer", answer)
    with st.container(border=True):
        st.text(found.output or _("Nothing that can be read."))
    if found.tokens:
        said = _("{count} tokens, the most probable at each step").format(count=found.tokens)
        st.markdown(f":small[{said}]")
    if found.scores is not None:
        st.markdown(f":small[{as_plain(scores_line(found.scores))}]")


def scores_line(scores: TextScores) -> str:
    """The measures of one text in a line."""
    parts = [
        f"ROUGE-1 {scores.rouge1:.2f}",
        f"ROUGE-L {scores.rouge_l:.2f}",
        f"BLEU {scores.bleu:.1f}",
        f"chrF {scores.chrf:.1f}",
        _("the same as a reference") if scores.exact else _("not the same as a reference"),
    ]
    return " · ".join(parts)


def scores_table(scores: TextScores) -> str:
    """The measures of a text, or of many together, side by side."""
    cells = (
        f"{scores.rouge1:.2f}",
        f"{scores.rouge_l:.2f}",
        f"{scores.bleu:.1f}",
        f"{scores.chrf:.1f}",
        f"{scores.exact:.0%}",
    )
    return table(("ROUGE-1", "ROUGE-L", "BLEU", "chrF", _("exact")), [cells])


def _candidates(look: Look, way: Way) -> Mapping[str, str]:
    models = resources.available_models()
    if is_extractive(look.task, way):
        kinds: tuple[str, ...] = ("encoder", "masked")
    elif way == "built-in" and look.task_id.startswith("to-"):
        return {NUMBERS_MODEL: models.get(NUMBERS_MODEL, NUMBERS_MODEL)}
    elif way == "tuned":
        made = run_models()
        return {
            name: title
            for name, title in models.items()
            if (name in made and made[name].kind in ("causal", "seq2seq"))
            or (name not in made and is_of_kind(name, "seq2seq") and name != NUMBERS_MODEL)
        }
    else:
        kinds = ("causal",)
    return {
        name: title
        for name, title in models.items()
        if any(is_of_kind(name, kind) for kind in kinds)
    }


def _links(look: Look, way: Way, _answer: Answer) -> None:
    """The exact prompt, to be stepped through; of an encoder–decoder its cross-attention."""
    model_id = look.model(way)
    if is_extractive(look.task, way):
        return
    if model_kind(model_id) == "seq2seq":
        source = look.text
        if model_id == NUMBERS_MODEL:
            source = f"{look.task.hidden.get('language', 'en')}: {look.text.strip()}"
        st.page_link(
            page_path("attention"),
            label=_("Attention while it writes"),
            icon=":material/grid_view:",
            query_params={"model": model_id, "text": source},
        )
        return
    prompt = of_model(
        model_id,
        ("task prompt", look.task_id, way, look.text),
        lambda model: _prompt(look.task, way, look.text, model),
    )
    st.page_link(
        page_path("generation"),
        label=_("Step through it"),
        icon=":material/timeline:",
        query_params=stepping_link(model_id, prompt) | {"temperature": "0"},
    )
    with st.popover(_("Prompt"), icon=":material/chat:", key=f"tasks_prompt_{PARAMETERS[way]}"):
        st.code(prompt, language=None, wrap_lines=True)


def _prompt(task: Task, way: Way, text: str, model: LanguageModel) -> str:
    """The exact string that the model reads of a text that fits."""
    if task.id == "continuation" and way != "prompted":
        return text
    told = instruction(task, text)
    if not model.tokenizer.chat_template:
        return f"{told}\n"
    return chat_prompt(model, [ChatMessage(role="user", text=told)]).text
