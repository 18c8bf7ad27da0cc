"""The glossary: each term in English and 中文, what it means, and where it can be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.language import _, current_language


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term: its names, its meaning in the language of the session, and a page that shows it."""

    en: str
    zh: str
    meaning: str
    page: str = ""

    @property
    def name(self) -> str:
        """The name in the language of the session."""
        return self.zh if current_language() == "zh" else self.en

    @property
    def other_name(self) -> str:
        """The name in the other language."""
        return self.en if current_language() == "zh" else self.zh

    @property
    def id(self) -> str:
        """The name in an address."""
        return self.en.replace(" ", "_")


def terms() -> tuple[Term, ...]:
    """All terms, by their name in the language of the session."""
    found = (*_of_reading(), *_of_attention(), *_of_predicting(), *_of_using(), *_of_learning())
    return tuple(sorted(found, key=lambda term: term.name.casefold()))


def search(text: str) -> tuple[Term, ...]:
    """The terms whose names or meaning hold ``text``; all for a blank one."""
    wanted = text.strip().casefold()
    return tuple(
        term
        for term in terms()
        if wanted in f"{term.en} {term.id} {term.zh} {term.meaning}".casefold()
    )


def terms_in(text: str, most: int = 6) -> tuple[Term, ...]:
    """The terms that ``text`` uses, in the order in which they first stand there."""
    places = {term: _place(term, text) for term in terms()}
    found = [term for term, place in places.items() if place is not None]
    return tuple(sorted(found, key=lambda term: places[term] or 0)[:most])


def _place(term: Term, text: str) -> int | None:
    if current_language() == "zh":
        place = text.find(term.zh)
        return None if place < 0 else place
    match = re.search(rf"\b{re.escape(term.en)}s?\b", text, re.IGNORECASE)
    return None if match is None else match.start()


def _of_reading() -> tuple[Term, ...]:
    return (
        Term(
            en="token",
            zh="词元",
            page="tokens",
            meaning=_("What a model reads at a time: a word, a piece of one, or a sign."),
        ),
        Term(
            en="tokenizer",
            zh="分词器",
            page="tokens",
            meaning=_("What cuts a text into tokens and gives each the number of its vector."),
        ),
        Term(
            en="vocabulary",
            zh="词表",
            page="tokens",
            meaning=_(
                "All tokens that a tokenizer knows. What is not in it becomes pieces or [UNK]."
            ),
        ),
        Term(
            en="special token",
            zh="特殊词元",
            page="tokens",
            meaning=_(
                "A token that stands for no text: [CLS], [SEP], [MASK], or the end of a text."
            ),
        ),
        Term(
            en="padding",
            zh="填充",
            page="tokens",
            meaning=_("Tokens that bring the texts of a batch to one length; the mask hides them."),
        ),
        Term(
            en="embedding",
            zh="嵌入",
            page="anatomy",
            meaning=_("The vector that stands for a token before any layer has worked on it."),
        ),
        Term(
            en="position",
            zh="位置",
            page="anatomy",
            meaning=_(
                "Where a token stands. BERT adds a vector for it, Llama turns queries and keys."
            ),
        ),
        Term(
            en="hidden state",
            zh="隐藏状态",
            page="anatomy",
            meaning=_(
                "The vector of a token between two layers: what the model holds of it there."
            ),
        ),
    )


def _of_attention() -> tuple[Term, ...]:
    return (
        Term(
            en="attention",
            zh="注意力",
            page="attention",
            meaning=_(
                "For each token a weighted mean of what all tokens that it sees offer, itself "
                "included: softmax(QKᵀ/√dₖ)V."
            ),
        ),
        Term(
            en="head",
            zh="注意力头",
            page="attention",
            meaning=_(
                "One of several attentions in a layer, with queries, keys and values of its own."
            ),
        ),
        Term(
            en="layer",
            zh="层",
            page="anatomy",
            meaning=_(
                "Attention and a feed-forward network, each added to what came in and normed."
            ),
        ),
        Term(
            en="query",
            zh="查询",
            page="attention",
            meaning=_("What a token looks for; its product with a key is the score."),
        ),
        Term(
            en="key",
            zh="键",
            page="attention",
            meaning=_("What a token is found by."),
        ),
        Term(
            en="value",
            zh="值",
            page="anatomy",
            meaning=_("What a token gives to whoever looks at it."),
        ),
        Term(
            en="score",
            zh="分数",
            page="attention",
            meaning=_(
                "Query · key before the softmax; divided by √dₖ so that it does not grow with dₖ."
            ),
        ),
        Term(
            en="softmax",
            zh="softmax",
            page="anatomy",
            meaning=_(
                "Turns numbers into shares that sum to 1; a larger number gets a larger share."
            ),
        ),
        Term(
            en="causal mask",
            zh="因果掩码",
            page="attention",
            meaning=_("Hides what comes later: the weight of a later token is exactly 0."),
        ),
        Term(
            en="attention sink",
            zh="注意力汇",
            page="attention",
            meaning=_(
                "A token that takes much of the attention and means little, often the first."
            ),
        ),
        Term(
            en="cross-attention",
            zh="交叉注意力",
            page="attention",
            meaning=_("Attention of a decoder to what the encoder read."),
        ),
        Term(
            en="ablation",
            zh="消融",
            page="attention",
            meaning=_(
                "Switching a part off to see what changes: looking at a token is not using it."
            ),
        ),
        Term(
            en="residual stream",
            zh="残差流",
            page="anatomy",
            meaning=_("The sum that runs through all layers; each part reads it and adds to it."),
        ),
        Term(
            en="normalisation",
            zh="归一化",
            page="anatomy",
            meaning=_(
                "Brings a vector to one scale: after a part in BERT, before it in Llama (RMSNorm)."
            ),
        ),
        Term(
            en="feed-forward network",
            zh="前馈网络",
            page="anatomy",
            meaning=_("Two or three matrices with an activation between, for each token alone."),
        ),
        Term(
            en="rotary position",
            zh="旋转位置编码",
            page="anatomy",
            meaning=_("Queries and keys turned by an angle that grows with the position."),
        ),
        Term(
            en="grouped heads",
            zh="分组注意力头",
            page="anatomy",
            meaning=_("Several heads share one key and one value: a smaller cache."),
        ),
    )


def _of_predicting() -> tuple[Term, ...]:
    return (
        Term(
            en="logits",
            zh="logits",
            page="anatomy",
            meaning=_("One number for each token of the vocabulary, before the softmax."),
        ),
        Term(
            en="logit lens",
            zh="logit 透镜",
            page="generation",
            meaning=_(
                "The last step applied to an earlier layer: what it would say if it were the last."
            ),
        ),
        Term(
            en="loss",
            zh="损失",
            page="masked",
            meaning=_(
                "−log of the probability of the right token, averaged: 0 is certain and right."
            ),
        ),
        Term(
            en="perplexity",
            zh="困惑度",
            page="generation",
            meaning=_("e to the loss: among how many equally likely tokens the model hesitates."),
        ),
        Term(
            en="masked language model",
            zh="掩码语言模型",
            page="masked",
            meaning=_("Predicts hidden words from both sides, as BERT does."),
        ),
        Term(
            en="next-sentence prediction",
            zh="下一句预测",
            page="masked",
            meaning=_("Says whether a sentence follows another; half of BERT's first training."),
        ),
        Term(
            en="causal model",
            zh="因果模型",
            page="generation",
            meaning=_("Predicts the next token from those before it, as GPT does."),
        ),
        Term(
            en="next-token distribution",
            zh="下一词元分布",
            page="generation",
            meaning=_("A probability for each token of the vocabulary to come next."),
        ),
        Term(
            en="temperature",
            zh="温度",
            page="generation",
            meaning=_("Divides the logits before the softmax: below 1 sharper, above 1 flatter."),
        ),
        Term(
            en="top-k",
            zh="top-k",
            page="generation",
            meaning=_("Keeps the k likeliest tokens and draws among them."),
        ),
        Term(
            en="top-p",
            zh="top-p",
            page="generation",
            meaning=_("Keeps the fewest tokens that together have the probability p."),
        ),
        Term(
            en="beam",
            zh="束",
            page="generation",
            meaning=_(
                "One of several unfinished texts that are kept while the likeliest is looked for."
            ),
        ),
        Term(
            en="KV cache",
            zh="KV 缓存",
            page="generation",
            meaning=_(
                "Keys and values of what was read, kept so that a step reads only the new token."
            ),
        ),
    )


def _of_using() -> tuple[Term, ...]:
    return (
        Term(
            en="prompt",
            zh="提示",
            page="prompts",
            meaning=_("The text that a model is given so that what follows is the answer."),
        ),
        Term(
            en="template",
            zh="模板",
            page="prompts",
            meaning=_("A prompt with gaps that a row of a table fills in."),
        ),
        Term(
            en="verbalizer",
            zh="标签词",
            page="prompts",
            meaning=_("Which words stand for which label when a model answers in words."),
        ),
        Term(
            en="demonstration",
            zh="示例",
            page="prompts",
            meaning=_("A solved example inside the prompt. More of them are not always better."),
        ),
        Term(
            en="calibration",
            zh="校准",
            page="prompts",
            meaning=_("Divides out what a model answers when it is asked nothing."),
        ),
        Term(
            en="soft prompt",
            zh="软提示",
            page="train",
            meaning=_("Vectors before the text that are trained instead of the model's weights."),
        ),
    )


def _of_learning() -> tuple[Term, ...]:
    return (
        Term(
            en="pre-training",
            zh="预训练",
            page="train",
            meaning=_("Learning a language from text alone, before any task."),
        ),
        Term(
            en="fine-tuning",
            zh="微调",
            page="train",
            meaning=_("Learning on from a model that knows a language, with examples of a task."),
        ),
        Term(
            en="LoRA",
            zh="LoRA",
            page="train",
            meaning=_("Trains a small product of two thin matrices beside a large one that stays."),
        ),
        Term(
            en="run",
            zh="训练运行",
            page="train",
            meaning=_("One training from its start to its end, with all its settings."),
        ),
        Term(
            en="checkpoint",
            zh="检查点",
            page="train",
            meaning=_("The weights of a run at one step, to go on from or to look into."),
        ),
        Term(
            en="probe",
            zh="探针",
            page="train",
            meaning=_("The same look into a model at each checkpoint: what it learnt, and when."),
        ),
        Term(
            en="overfitting",
            zh="过拟合",
            page="train",
            meaning=_("The loss falls on what was learnt and rises on what was not."),
        ),
    )
