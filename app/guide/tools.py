"""Tools, papers and courses: what to use and read next. Their links lead out of this server."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One tool, paper or course."""

    name: str
    address: str
    text: str


def tools() -> tuple[Entry, ...]:
    """Libraries and programs."""
    return (
        Entry(
            name="transformers",
            address="https://huggingface.co/docs/transformers",
            text=_(
                "Models of every family behind one interface; Headlight loads its models by it."
            ),
        ),
        Entry(
            name="PEFT",
            address="https://huggingface.co/docs/peft",
            text=_("LoRA, prompt and prefix tuning; adapters made here open there."),
        ),
        Entry(
            name="bertviz",
            address="https://github.com/jessevig/bertviz",
            text=_("Attention as lines, in a notebook; it is one of the views of Attention."),
        ),
        Entry(
            name="TransformerLens",
            address="https://github.com/TransformerLensOrg/TransformerLens",
            text=_("Hooks into every part of a model, for experiments of your own."),
        ),
        Entry(
            name="nnsight",
            address="https://nnsight.net",
            text=_("The same idea for any PyTorch model, also on somebody else's machine."),
        ),
        Entry(
            name="LIT",
            address="https://pair-code.github.io/lit",
            text=_("Tables of examples beside what a model does with them."),
        ),
        Entry(
            name="Captum",
            address="https://captum.ai",
            text=_("Which input a prediction rests on: gradients and occlusion for PyTorch."),
        ),
        Entry(
            name="nanochat",
            address="https://github.com/karpathy/nanochat",
            text=_("A whole assistant, from tokenizer to chat, in code that can be read."),
        ),
    )


def papers() -> tuple[Entry, ...]:
    """The papers behind the formulas of the pages."""
    return (
        Entry(
            name="Vaswani et al. 2017, Attention Is All You Need",
            address="https://arxiv.org/abs/1706.03762",
            text=_("The transformer: Anatomy follows its formulas."),
        ),
        Entry(
            name="Devlin et al. 2019, BERT",
            address="https://arxiv.org/abs/1810.04805",
            text=_("Masked words and the next sentence; 15 %, of these 80 / 10 / 10."),
        ),
        Entry(
            name="Brown et al. 2020, Language Models are Few-Shot Learners",
            address="https://arxiv.org/abs/2005.14165",
            text=_("GPT-3: examples in the prompt instead of training."),
        ),
        Entry(
            name="Zhao et al. 2021, Calibrate Before Use",
            address="https://arxiv.org/abs/2102.09690",
            text=_("What an empty input is answered biases every answer."),
        ),
        Entry(
            name="Hu et al. 2021, LoRA",
            address="https://arxiv.org/abs/2106.09685",
            text=_("Thin matrices beside large ones."),
        ),
        Entry(
            name="Jain and Wallace 2019, Attention is not Explanation",
            address="https://arxiv.org/abs/1902.10186",
            text=_("Why a weight beside every head is not enough."),
        ),
        Entry(
            name="Olsson et al. 2022, In-context Learning and Induction Heads",
            address="https://arxiv.org/abs/2209.11895",
            text=_("The heads that copy what followed last time."),
        ),
        Entry(
            name="Xiao et al. 2023, Attention Sinks",
            address="https://arxiv.org/abs/2309.17453",
            text=_("Why the first token takes so much attention."),
        ),
        Entry(
            name="Su et al. 2021, RoFormer",
            address="https://arxiv.org/abs/2104.09864",
            text=_("Positions as rotations."),
        ),
    )


def courses() -> tuple[Entry, ...]:
    """Where to learn more."""
    return (
        Entry(
            name="Hugging Face Course",
            address="https://huggingface.co/learn",
            text=_("From a pipeline to training your own; also in Chinese."),
        ),
        Entry(
            name="Dive into Deep Learning · 动手学深度学习",
            address="https://zh.d2l.ai",
            text=_("A book with code on every page; Chinese and English."),
        ),
        Entry(
            name="The Illustrated Transformer",
            address="https://jalammar.github.io/illustrated-transformer",
            text=_("The same road in pictures."),
        ),
        Entry(
            name="Stanford CS224N",
            address="https://web.stanford.edu/class/cs224n",
            text=_("Lectures on language and deep learning, with exercises."),
        ),
    )


def show_tools() -> None:
    """Three short lists."""
    st.markdown(
        _("These addresses lead outside this server: a machine without internet cannot open them."),
        width=680,
    )
    left, right = st.columns(2, gap="large")
    with left:
        _list(_("Libraries and programs"), tools())
    with right:
        _list(_("Papers behind the pages"), papers())
        _list(_("Courses and books"), courses())


def _list(title: str, entries: tuple[Entry, ...]) -> None:
    st.header(title, anchor=False)
    st.markdown("\n".join(f"- [{each.name}]({each.address})  \n  {each.text}" for each in entries))
