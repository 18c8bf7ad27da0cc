"""Lengths in tokens: those that a model reads, and which examples would be cut."""

from __future__ import annotations

from core.models import TextTokenizer
from core.token_reader import TokenReader
from core.tuning.labelled import Examples, token_lengths


def test_lengths_of_pairs_and_words_are_those_that_a_model_reads(tokenizer):
    read = TextTokenizer(
        id="tiny", tokenizer=tokenizer, reader=TokenReader(tokenizer), max_tokens=64
    )
    pair = Examples(
        kind="pair",
        texts=("the animal",),
        seconds=("a street",),
        labels=(0,),
        label_names=("x",),
        rows=(1,),
    )
    assert token_lengths(pair, read).lengths[0] == len(read.encode("the animal", "a street"))
    words = (("the", "animal", "street"),)
    tagged = Examples(
        kind="tagging",
        texts=("the animal street",),
        words=words,
        tags=((0, 0, 0),),
        label_names=("N",),
        rows=(1,),
    )
    assert token_lengths(tagged, read).lengths[0] == len(read.encode("the animal street"))
    prompt = Examples(kind="completion", texts=("the animal",), seconds=("street",), rows=(1,))
    assert token_lengths(prompt, read).lengths[0] == len(read.encode("the animal street"))


def test_lengths_count_the_tokens_of_the_template_and_tell_what_is_cut(prepared, tokenizer):
    found = prepared(
        "text,label\n" + "".join(f"the animal {'street ' * n},{'ab'[n % 2]}\n" for n in range(10))
    ).train
    read = TextTokenizer(
        id="tiny", tokenizer=tokenizer, reader=TokenReader(tokenizer), max_tokens=64
    )
    lengths = token_lengths(found, read)
    assert lengths.lengths.tolist() == [len(read.encode(text)) for text in found.texts]
    assert lengths.problem is None
    short = token_lengths(found, read, limit=6)
    longer = [row for row, n in zip(found.rows, lengths.lengths, strict=True) if n > 6]
    assert short.problem.rows == tuple(longer)
    assert "more than 6 tokens" in short.problem.sentence
    assert short.longest == max(lengths.lengths)
