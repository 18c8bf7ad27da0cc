"""The map from theory to practice: what the text explains, and the page where it is tried."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.navigation import is_page
from components.views.theory_map import MapNode
from core.language import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """One step of the road: an idea, its formula in a line, and the page that shows it."""

    id: str
    title: str
    formula: str
    page: str
    practice: str


def topics() -> tuple[Topic, ...]:
    """The steps that can be tried, in the order of the road."""
    return (
        Topic(
            id="tokens",
            title=_("A text becomes tokens"),
            formula=_("text → pieces → ids"),
            page="tokens",
            practice=_("Tokens: any text, several tokenizers side by side"),
        ),
        Topic(
            id="attention",
            title=_("Tokens look at each other"),
            formula="softmax(QKᵀ / √dₖ) V",
            page="attention",
            practice=_("Attention: every head at a glance, one head closely"),
        ),
        Topic(
            id="anatomy",
            title=_("A layer is a row of formulas"),
            formula="LayerNorm(X + Concat(head₁ … headₕ) Wᴼ)",
            page="anatomy",
            practice=_("Anatomy: one sentence, every formula with its numbers"),
        ),
        Topic(
            id="masked",
            title=_("A word is predicted from both sides"),
            formula="−Σ log P(xᵢ | X∖M)",
            page="masked",
            practice=_("Masked words: mask, predict, fill step by step"),
        ),
        Topic(
            id="generation",
            title=_("The next word is predicted from the left"),
            formula="−Σ log P(xₜ | x₁ … xₜ₋₁)",
            page="generation",
            practice=_("Generation: one token at a time, with branches"),
        ),
        Topic(
            id="prompts",
            title=_("A prompt asks, and words answer for labels"),
            formula="argmax P(v(y) | T(x))",
            page="prompts",
            practice=_("Prompts: a template over a table, with what is noise"),
        ),
        Topic(
            id="tasks",
            title=_("What it is used for"),
            formula=_("text → label · tags · answer"),
            page="tasks",
            practice=_("Tasks: built-in, prompted and tuned, side by side"),
        ),
        Topic(
            id="train",
            title=_("A model learns from examples"),
            formula="θ ← θ − η ∇L(θ)",
            page="train",
            practice=_("Train: fine-tune a model and watch it learn"),
        ),
        Topic(
            id="models",
            title=_("Heads and layers make a model"),
            formula=_("encoder · decoder · encoder–decoder"),
            page="models",
            practice=_("Models: what is on this server, and what it takes"),
        ),
    )


def map_nodes() -> tuple[list[MapNode], list[tuple[str, str]]]:
    """Nodes and edges of the map: theory on the left, the page that shows it on the right."""
    nodes, edges = [], []
    for topic in topics():
        if not is_page(topic.page):
            continue
        theory, practice = f"{topic.id}-theory", f"{topic.id}-practice"
        nodes.append(MapNode(id=theory, title=topic.title, subtitle=topic.formula, column=0))
        name, line = re.split("[:：]", topic.practice, maxsplit=1)
        nodes.append(MapNode(id=practice, title=name, subtitle=line.strip(), column=1))
        edges.append((theory, practice))
    return nodes, edges


def page_of(node: str) -> str:
    """The page that a node of the map leads to."""
    return next(topic.page for topic in topics() if node.startswith(f"{topic.id}-"))
