import numpy as np

from core.tuning.blocks import tokenize
from core.tuning.texts import _read, _write


def _ids(documents, tokenizer):
    return {
        document.title: tokenizer(document.text, add_special_tokens=False)["input_ids"]
        for document in documents
        if document.source == "a"
    }


def test_every_block_is_full_between_its_marks(texts, tokenizer):
    assert texts.blocks.shape[1] == 24
    assert (texts.blocks[:, 0] == tokenizer.cls_token_id).all()
    assert (texts.blocks[:, -1] == tokenizer.sep_token_id).all()
    assert (texts.blocks != tokenizer.pad_token_id).all()


def test_laid_end_to_end_the_blocks_are_the_documents(texts, documents, tokenizer):
    stream = texts.blocks[texts.block_sources == 0][:, 1:-1].ravel().tolist()
    wanted = list(_ids(documents, tokenizer).values())
    # Documents are shuffled, each closed by [SEP]; the last may be cut.
    parts, part = [], []
    for token in stream:
        if token == tokenizer.sep_token_id:
            parts.append(part)
            part = []
        else:
            part.append(token)
    assert len(parts) >= len(wanted) - 1
    assert all(each in wanted for each in parts)


def test_less_than_a_block_of_a_source_is_dropped(texts, documents, tokenizer):
    total = sum(len(ids) + 1 for ids in _ids(documents, tokenizer).values())
    assert (texts.block_sources == 0).sum() == total // 22


def test_sentences_lie_in_the_bank_as_they_were(texts, documents, tokenizer):
    bank = texts.sentences
    assert len(bank.firsts) - 1 == len(documents)
    first = tokenizer.decode(bank.tokens[bank.starts[0] : bank.starts[1]])
    known = {
        tokenizer.decode(tokenizer(document.sentences[0], add_special_tokens=False)["input_ids"])
        for document in documents
    }
    assert first in known


def test_the_order_follows_from_the_seed(documents, tokenizer, texts):
    again = tokenize(documents, tokenizer, block_tokens=24, seed=0)
    other = tokenize(documents, tokenizer, block_tokens=24, seed=1)
    assert (again.blocks == texts.blocks).all()
    assert (other.blocks != texts.blocks).any()


def test_kept_on_disk_they_come_back_the_same(texts, tmp_path):
    _write(tmp_path / "texts.npz", texts)
    again = _read(tmp_path / "texts.npz")
    assert (again.blocks == texts.blocks).all()
    assert again.source_names == texts.source_names
    assert np.array_equal(again.sentences.tokens, texts.sentences.tokens)
    assert np.array_equal(again.sentences.firsts, texts.sentences.firsts)
