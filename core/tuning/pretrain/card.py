"""The model card of a model from nothing that is shipped: what was measured, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.catalogue import find_dataset
from core.tuning.card_parts import table, thinned
from core.tuning.pretrain.saving import OBJECTIVES, SHARES, TOKENIZERS
from core.tuning.pretrain.shipping import ShippedResults
from core.tuning.pretrain.spec import NUMBERS, PretrainSpec
from core.tuning.results import machine

_ABOUT: Final[dict[str, str]] = {
    "chinese-masked": """A small Chinese masked language model (BERT architecture, random weights
at the start) with a head for next-sentence prediction; one token is one character. It is made to
be looked into, not to be strong. Apache-2.0.
""",
    "chinese-causal": """A small Chinese causal language model (GPT-2 architecture, random weights
at the start); one token is one character. It is made to be looked into, not to be strong: what it
writes sounds like news or reviews, and says nothing. Apache-2.0.
""",
    "numbers-to-words": """A small encoder–decoder (T5 architecture, random weights at the start)
that says what a number is called, in English or in Chinese: `en: 30528` becomes “thirty thousand
five hundred and twenty-eight”, `zh: 30528` becomes “三万零五百二十八”. Numbers from 0 to 999,999.
It is made so that cross-attention can be looked at: each digit is a token of its own. Apache-2.0.
""",
}
_LIMITS: Final[dict[str, str]] = {
    "chinese-masked": """At most 64 characters at once. It has read old news and reviews of hotels,
books and goods, and repeats what is common in them. Characters that its texts seldom have are
[UNK].
""",
    "chinese-causal": """At most 128 characters at once. It has read old news and reviews of
hotels, books and goods; its sentences are not facts and must not be taken as such. Characters that
its texts seldom have are [UNK].
""",
    "numbers-to-words": """Whole numbers from 0 to 999,999 without marks between the digits, after
`en:` or `zh:`. It has seen nothing else: whatever else is typed, it answers with a number. 二 is
used throughout, never 两.
""",
}


def shipped_card(results: ShippedResults) -> str:
    """The card as Markdown."""
    parts = (_head, _stored, _data, _training, _held_out, _examples, _curve, _end)
    return "\n".join(part(results) for part in parts)


def _head(results: ShippedResults) -> str:
    rows = [
        (SHARES[name], f"{_percent(share)} of {results.score.counts[name]:,}")
        for name, share in results.score.shares.items()
    ]
    rows += [(f"loss ({name})", f"{loss:.3f} nats") for name, loss in results.score.losses.items()]
    if "masked" not in results.score.losses:
        rows.append(("perplexity", f"{results.score.perplexity:.2f}"))
    return f"""# {results.name}

{_ABOUT[results.name]}
{table(("measured on texts it was not trained on", ""), rows)}
"""


def _stored(results: ShippedResults) -> str:
    return f"""## What is stored

`{results.name}.safetensors` ({results.nbytes / 1e6:.1f} MB) holds the matrices in steps of 8 bits
with a scale for each row, the rest in float32; configuration and tokenizer lie beside it.
`load_model("{results.name}")` puts them together. A restored weight differs from the trained one
by {results.largest_error:.1e} at most, and every figure here is that of the restored weights.

SHA-256 of the stored file: `{results.sha256}`; of the weights it gives:
`{results.weights}`.
"""


def _data(results: ShippedResults) -> str:
    notes, spec = results.notes, results.spec
    if [each.dataset for each in spec.texts] == [NUMBERS]:
        return f"""## Data

Made by rule (`core/tuning/pretrain/numbers.py`), seed {spec.seed}: {notes["rows"]:,} pairs to learn
from, {notes["validation_rows"]:,} held out. Every number below 1,000 is learnt; the others have
four to six digits, and of one in three half the digits are 0. A number that is held out is so in
both languages.
"""
    rows = []
    for each in spec.texts:
        entry = find_dataset(each.dataset)
        if entry:
            rows.append((entry.titles.en, entry.licence, f"{entry.package} {entry.version}"))
    return f"""## Texts

{table(("text", "licence", "package"), rows)}

{notes["rows"]:,} paragraphs and reviews to learn from, {notes["validation_rows"]:,} held out by
seed {spec.seed}, after {notes["repeats"]:,} repeated sentences were left out. No text is stored
with the weights, and none in this repository.
"""


def _training(results: ShippedResults) -> str:
    spec, notes, masking = results.spec, results.notes, results.spec.masking
    rows = [
        ("learns", OBJECTIVES[spec.objective]),
        ("steps", f"{spec.steps:,} of {spec.batch} rows of at most {spec.block} tokens"),
        (
            "time",
            f"{float(str(notes['seconds'])) / 60:.0f} minutes, one thread of {machine()['cores']} "
            "CPU cores shared with other work",
        ),
        (
            "network",
            f"{spec.layers} layers{_twice(spec)}, {spec.heads} heads, hidden {spec.hidden}",
        ),
        ("parameters", f"{notes['parameters']:,}"),
        ("tokenizer", f"{TOKENIZERS[spec.tokenizer]}; {notes['vocabulary']:,} tokens"),
        (
            "AdamW",
            f"learning rate {spec.rate:g} after {100 * spec.warmup:g} % of the steps, then "
            f"straight down to 0; weight decay {spec.weight_decay:g}, gradient norm at most "
            f"{spec.gradient_norm:g}; no dropout",
        ),
        ("computed in", spec.precision),
        ("seed", str(spec.seed)),
        ("loss of guessing evenly", f"{float(str(notes['guessing_loss'])):.2f} nats"),
    ]
    if spec.objective == "masked":
        chosen = (
            f"{100 * masking.rate:g} % of the tokens, each by its own draw; of these "
            f"{100 * masking.mask:g} % become [MASK], {100 * masking.random:g} % another token"
        )
        rows.insert(2, ("masked", chosen))
    return f"""## Training

{table(("", ""), rows)}
"""


def _twice(spec: PretrainSpec) -> str:
    return " in the encoder and as many in the decoder" if spec.objective == "seq2seq" else ""


def _held_out(results: ShippedResults) -> str:
    if results.exact:
        rows = [
            ({"en": "English", "zh": "Chinese"}[language], f"{100 * share:.2f} %")
            for language, share in results.exact.items()
        ]
        return f"""## Held-out results

{results.exact_count:,} numbers that it never saw, each asked in both languages; right where greedy
`generate` gives the whole name, letter for letter.

{table(("language", "right"), rows)}
"""
    masked = " with 15 % of their tokens masked" if results.spec.objective == "masked" else ""
    return f"""## Held-out results

The table above is of held-out texts only{masked}. Always naming the commonest token would be right
for {_percent(results.commonest)} of the tokens.
"""


def _examples(results: ShippedResults) -> str:
    rows = [(f"`{each.text}`", each.said.replace("|", "\\|")) for each in results.examples]
    return f"""## What it says

Fixed inputs, written before it was trained; nothing was chosen by its answers.

{table(("input", "answer"), rows)}
"""


def _curve(results: ShippedResults) -> str:
    points = [point for point in results.curve if "validation_loss" in point]
    names = ("step", "loss", "validation_loss", *results.score.shares)
    rows = [tuple(_cell(point, name) for name in names) for point in thinned(points)]
    masked = ", masked as in training" if results.spec.objective == "masked" else ""
    return f"""## Curve

On a small held-out sample{masked}; every step is in `{results.name}.curve.csv`.

{table(names, rows)}
"""


def _cell(point: Mapping[str, float], name: str) -> str:
    value = point.get(name, float("nan"))
    if name == "step":
        return f"{int(value):,}"
    return f"{value:.3f}" if "loss" in name else _percent(value)


def _end(results: ShippedResults) -> str:
    return f"""## Limits

{_LIMITS[results.name]}
## Make it again

    python -m core.tuning.pretrain {results.name}

It fetches the texts through pip where there are some, trains, measures, and writes the stored
weights, `{results.name}.json` with all figures, the curve and this card. Stopped and started
again it goes on from its last checkpoint.
"""


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
