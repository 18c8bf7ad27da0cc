"""Frequent questions, each answered in a few sentences."""

from __future__ import annotations

import streamlit as st

from core.language import _


def questions() -> tuple[tuple[str, str], ...]:
    """(question, answer), the ones of first hours first."""
    return (
        (
            _("Does a large attention weight mean that a token matters?"),
            _(
                "No. A weight says where a head looks. Two heads of the built-in encoder look from "
                "*it* to *animal* with the same weight; switched off, one moves the vector of *it* "
                "almost sixteen times as far as the other. Use Does it matter, and read it beside "
                "its control."
            ),
        ),
        (
            _("Why does the first token take most of the attention?"),
            _(
                "A softmax has to sum to 1: a head that has nothing to look for puts its weight "
                "where it does no harm. Such tokens are called sinks. The wall of heads takes them "
                "out of its colours and says so."
            ),
        ),
        (
            _("Why are the same words cut differently in two models?"),
            _(
                "Each model has the tokenizer it was trained with, made from its own texts. Their "
                "losses and perplexities by token cannot be compared; by character they can."
            ),
        ),
        (
            _("Why does the model not know my Chinese sentence?"),
            _(
                "The built-in encoder has an English vocabulary: most Chinese characters are "
                "unknown to it. SmolLM2 reads any text as bytes, but has seen little Chinese. "
                "Choose chinese-masked or chinese-causal, which are built in and read one "
                "character at a time; a teacher can fetch larger ones where the hub is reachable."
            ),
        ),
        (
            _("Why did another draw give another text?"),
            _(
                "Sampling draws by chance. The same text, settings and seed draw the same tokens; "
                "at temperature 0 the likeliest token is taken and no chance is left."
            ),
        ),
        (
            _("My fine-tune has the accuracy of the largest class. Did it learn?"),
            _(
                "No: always saying the most frequent label gives that accuracy, the floor. The "
                "page Train says so. Try more epochs, a smaller batch or a larger learning rate."
            ),
        ),
        (
            _("Are the numbers the model's own?"),
            _(
                "Yes. Inspection runs in float32, above a billion parameters in bfloat16, and "
                "tests compare weights, logits, losses and draws with the libraries themselves. "
                "Formulas name their source in the guides."
            ),
        ),
        (
            _("Does anything I type leave this server?"),
            _(
                "No text does. Nothing on a page comes from outside, and only the name of a model "
                "or of data that a teacher asks a hub for goes there. Long texts are stored on the "
                "server so that a short link can reopen them."
            ),
        ),
        (
            _("How do I show a class my page?"),
            _(
                "Open Class at the top of any page and open a class. Whoever enters its code sees "
                "your page, selection and step, may explore alone, and comes back with one click."
            ),
        ),
        (
            _("Can I bring a model of my own?"),
            _(
                "Yes, as a teacher, on the page Models: a name of the hub or a folder with "
                "safetensors. Files that could run code are refused."
            ),
        ),
        (
            _("How do I cite a picture?"),
            _(
                "Save it: its foot names the model, the hash of its weights, the type of numbers "
                "and the version of Headlight. The link in the address bar reopens it."
            ),
        ),
    )


def show_questions() -> None:
    """Every question, closed; an answer is drawn when it is opened."""
    for number, (question, answer) in enumerate(questions()):
        with st.expander(question, key=f"guide_question_{number}", on_change="rerun") as asked:
            if asked.open:
                st.markdown(answer, width=680)
