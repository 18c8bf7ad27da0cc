"""“Copy as Python”: short scripts that print the numbers a page shows.

They use the public names of core, nothing of the app. Every text enters by ``repr``, so no text
can become code. ``provenance`` stands above, as comments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Final, Literal

from core.attention.places import Stack
from core.attention.region import Part
from core.attention.replacement import Replacement
from core.attention.target import Target
from core.export.provenance import Provenance
from core.language import DEFAULT_LANGUAGE

_PRINT_MATRIX: Final = (
    'print("", *keys, sep="\\t")',
    "for label, row in zip(queries, weights):",
    '    print(label, *(f"{value:.3f}" for value in row), sep="\\t")',
)


class _Name(str):
    """A name of the script, which stands there as it is; every other value by ``repr``."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


_MODEL: Final = _Name("model")
Heads = Literal["one", "layer_mean", "layer_max", "all_mean", "all_max"]
"""One head, or the mean or maximum over the heads of its layer or over all."""


def attention_script(
    model_id: str,
    text: str,
    pair: str | None = None,
    *,
    layer: int,
    head: int,
    stack: Stack = "self",
    heads: Heads = "one",
    part: Part = "all",
    specials: bool = True,
    renormalise: bool = False,
    limit: int | None = None,
    answer: int | None = None,
    provenance: Provenance | None = None,
) -> str:
    """A script that prints the weights of one head, a line for each query, tab between keys.

    ``heads`` takes the heads of the layer, or all, together. ``limit`` is where the page cut the
    text; ``answer`` lets an encoder–decoder model write the target itself, of so many tokens at
    most. ``part``, ``specials`` and ``renormalise`` are those of ``attention_region``.
    """
    regional = (part, specials, renormalise) != ("all", True, False)
    chosen: dict[str, object] = {}
    if stack == "self" and answer is None:  # else the other stacks may have other numbers
        chosen = {"layers": None if heads.startswith("all") else [layer]}
        chosen |= {"heads": [head] if heads == "one" else None}
    rows, columns = _tokens(stack)
    reading = ["capture_attention" if answer is None else "generate_and_capture"]
    names = ["attention_region"] * regional + reading + ["combined_heads"] * (heads != "one")
    lines = [
        *_opening(sorted(names), model_id),
        _capture(text, pair, limit, answer, **chosen),
        f"weights = {_weights(heads, stack, layer, head)}",
        f"queries, keys = {rows}.labels, {columns}.labels",
    ]
    if regional:
        options = {"part": part, "specials": specials, "renormalise": renormalise}
        others = {"key_tokens": _Name(columns)} if stack == "cross" else {}
        arguments = [_Name("weights"), _Name(rows)]
        lines += [
            f"region = {_call('attention_region', arguments, **options, **others)}",
            "weights = region.weights",
            "queries = [queries[place] for place in region.queries]",
            "keys = [keys[place] for place in region.keys]",
        ]
    return _script([*lines, *_PRINT_MATRIX], provenance)


def generated_script(
    model_id: str,
    prompt: str,
    *,
    layer: int,
    head: int,
    stack: Stack = "self",
    max_new_tokens: int = 20,
    provenance: Provenance | None = None,
) -> str:
    """A script that lets the model write on and prints what one head looks at meanwhile.

    First the text that was generated, then a line for each of its tokens, with their weights on
    everything before them.
    """
    options = {"max_new_tokens": max_new_tokens}
    rows, columns = _tokens(stack)
    lines = [
        *_opening(["generate_and_capture"], model_id),
        f"generated = {_call('generate_and_capture', [_MODEL, prompt], **options)}",
        "capture = generated.capture",
        "print(repr(generated.text))",
        f"weights = {_head(stack, layer, head)}",
        f"queries, keys = {rows}.labels, {columns}.labels",
        "queries, weights = queries[generated.first :], weights[generated.first :]",
    ]
    return _script([*lines, *_PRINT_MATRIX], provenance)


def ablation_script(
    model_id: str,
    text: str,
    pair: str | None = None,
    *,
    target: Target | None = None,
    replacement: Replacement = "zero",
    language: str = DEFAULT_LANGUAGE,
    stack: Stack = "self",
    limit: int | None = None,
    answer: int | None = None,
    provenance: Provenance | None = None,
) -> str:
    """A script that prints what switching off each head changes: a line a layer, a column a head.

    ``target`` is what the page measured by; None is the model's natural one. The mean is that over
    the built-in sentences of ``language``. ``limit`` and ``answer`` as in ``attention_script``.
    """
    names = [*(["Target"] if target is not None else []), "ablation_wall"]
    options: dict[str, object] = {}
    lines = []
    if target is not None:
        lines.append(f"target = {_target(target)}")
        options["target"] = _Name("target")
    if replacement == "mean":
        names += ["mean_outputs", "sentences"]
        lines.append(f"means = mean_outputs(model, sentences({language!r}))")
        options |= {"replacement": replacement, "means": _Name("means")}
    if stack != "self":
        options["stack"] = stack
    arguments = _texts(text, pair)
    if answer is not None:
        names.append("generate_and_capture")
        lines.append(_capture(text, pair, limit, answer))
        arguments = [_MODEL, _Name("capture.tokens"), _Name("capture.decoder_tokens")]
    elif limit is not None:
        lines.append(f"tokens = {_call('model.encode_source', arguments[1:], limit=limit)}")
        arguments[1] = _Name("tokens")
    lines += [
        f"wall = {_call('ablation_wall', arguments, **options)}",
        'print(wall.target.kind, repr(wall.target.text), "at token", wall.target.position)',
        "for layer, row in enumerate(wall.effects):",
        '    print(layer, *(f"{effect:.3f}" for effect in row), sep="\\t")',
    ]
    return _script([*_opening(names, model_id), *lines], provenance)


def _capture(
    text: str, pair: str | None, limit: int | None, answer: int | None, **chosen: object
) -> str:
    """The line that reads the text, and lets the model write the target where it is to."""
    if answer is None:
        return f"capture = {_call('capture_attention', _texts(text, pair), **chosen, limit=limit)}"
    options = {"max_new_tokens": answer, "limit": limit}
    return f"capture = {_call('generate_and_capture', [_MODEL, text], **options)}.capture"


def _weights(heads: Heads, stack: Stack, layer: int, head: int) -> str:
    """The weights of one head or of many taken together."""
    if heads == "one":
        return _head(stack, layer, head)
    which, _underscore, how = heads.partition("_")
    of = f"capture.stack({stack!r})"
    places = f"[({layer!r}, head) for head in {of}.heads], " if which == "layer" else ""
    return f"combined_heads({of}, {places}how={how!r})  # (query, key)"


def _head(stack: Stack, layer: int, head: int) -> str:
    of = "capture" if stack == "self" else f"capture.stack({stack!r})"
    return f"{of}.head({layer!r}, {head!r})  # (query, key)"


def _tokens(stack: Stack) -> tuple[str, str]:
    """How the script names the tokens that look and those that are looked at."""
    if stack == "self":
        return "capture.tokens", "capture.tokens"
    return f"capture.query_tokens({stack!r})", f"capture.key_tokens({stack!r})"


def _opening(names: Sequence[str], model_id: str) -> list[str]:
    return [
        f"from core.attention import {', '.join(names)}",
        "from core.models import load_model",
        "",
        f"model = load_model({model_id!r})",
    ]


def _texts(text: str, pair: str | None) -> list[str]:
    return [_MODEL, text, *([] if pair is None else [pair])]


def _call(name: str, arguments: Sequence[object], **options: object) -> str:
    given = [f"{key}={value!r}" for key, value in options.items() if value is not None]
    return f"{name}({', '.join([*map(repr, arguments), *given])})"


def _target(target: Target) -> str:
    facts = {each.name: getattr(target, each.name) for each in fields(target)}
    return f"Target({', '.join(f'{name}={value!r}' for name, value in facts.items())})"


def _script(lines: Sequence[str], provenance: Provenance | None) -> str:
    facts = provenance.lines() if provenance else ()
    comments = [f"# {' '.join(fact.split())}" for fact in facts]
    return "\n".join([*comments, *([""] if comments else []), *lines]) + "\n"
