import pandas as pd
import pytest

from core.errors import InputError
from core.tuning import TextShare, data
from core.tuning.data import read_documents, split_documents
from core.tuning.documents import Document
from core.tuning.sentences import split_sentences


@pytest.fixture
def tables(monkeypatch):
    """Datasets that are tables at hand."""
    found = {}
    monkeypatch.setattr(data, "read_dataset", lambda name, _progress: found[name])
    return found


def _texts(documents):
    return {sentence for document in documents for sentence in document.sentences}


def test_a_wordnet_entry_is_its_definition_and_its_examples(tables):
    gloss = 'move away from each other; "The crowds dispersed"; "The children scattered!";'
    tables["wordnet"] = pd.DataFrame({"title": ["disperse"], "text": [gloss]})
    (entry,) = read_documents([TextShare(dataset="wordnet")], seed=0)
    assert entry.sentences == (
        "disperse: move away from each other.",
        "The crowds dispersed.",
        "The children scattered!",
    )
    assert not entry.running


def test_a_file_of_brown_is_one_document_with_plain_marks(tables):
    words = [("``", "Why", "?", "?", "''"), ("So", "it", "is", ";", ";", "or", "not", ".")]
    tables["brown"] = pd.DataFrame({"words": words, "tags": words, "title": ["ca01", "ca01"]})
    (document,) = read_documents([TextShare(dataset="brown")], seed=0)
    assert document.sentences == ('" Why ? "', "So it is ; or not .")


def test_a_share_takes_that_many_documents_always_the_same(tables):
    words = [(f"word{number}",) for number in range(40)]
    titles = [f"c{number:02}" for number in range(40)]
    tables["brown"] = pd.DataFrame({"words": words, "tags": words, "title": titles})
    some, again = (
        read_documents([TextShare(dataset="brown", share=0.25)], seed=3) for _ in range(2)
    )
    assert len(some) == 10
    assert some == again


def test_a_dataset_that_is_no_running_text_is_a_sentence():
    with pytest.raises(InputError, match=r"sms-spam.*choose among state-of-the-union"):
        read_documents([TextShare(dataset="sms-spam")], seed=0)


def test_no_document_and_no_long_sentence_is_on_both_sides(documents):
    split = split_documents((*documents, *documents), held_out=0.25, seed=0)
    assert split.held_out
    train, held_out = (
        {(document.source, document.title) for document in part}
        for part in (split.train, split.held_out)
    )
    assert not train & held_out
    assert not _texts(split.train) & _texts(split.held_out)


def test_repeats_are_left_out_before_the_split_whatever_their_case():
    one = Document(source="a", title="1", sentences=("Word: what it means.",), running=False)
    two = Document(source="a", title="2", sentences=("WORD, what it means!",), running=False)
    three = Document(source="a", title="3", sentences=("Another thing.",), running=False)
    split = split_documents((one, two, three), held_out=0.4, seed=0)
    assert split.repeats == 1
    assert len(split.train) + len(split.held_out) == 2


def test_short_sentences_may_stand_in_several_running_texts():
    many = [
        Document(source="a", title=str(number), sentences=("Thank you.", f"Number {number}."))
        for number in range(4)
    ]
    split = split_documents(many, held_out=0.25, seed=0)
    assert split.repeats == 0


def test_each_source_gives_its_share(documents):
    split = split_documents(documents, held_out=0.25, seed=0)
    assert {document.source for document in split.held_out} == {"a", "b"}


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It rains. She waits.", ["It rains.", "She waits."]),
        ("Mr. Smith met Gen. Grant. He left.", ["Mr. Smith met Gen. Grant.", "He left."]),
        ("The U.S. Senate sat. It rose.", ["The U.S. Senate sat.", "It rose."]),
        ('"Go!" She went. "Why?" he said.', ['"Go!"', "She went.", '"Why?" he said.']),
        ("About 3.5 percent. In 1990 it was 4.", ["About 3.5 percent.", "In 1990 it was 4."]),
        ("no end at all", ["no end at all"]),
        ("", []),
    ],
)
def test_running_text_is_cut_into_sentences(text, sentences):
    assert list(split_sentences(text)) == sentences


def test_chinese_news_is_paragraphs_without_spaces_and_with_plain_digits(tables):
    words = [("１９９８年", "来", "了", "。", "天", "很", "冷", "！", "”"), ("同胞", "们")]
    tables["news-zh"] = pd.DataFrame({"words": words, "tags": words})
    first, second = read_documents([TextShare(dataset="news-zh")], seed=0)
    assert first.sentences == ("1998年来了。", "天很冷！”")
    assert first.text == "1998年来了。天很冷！”"
    assert second.sentences == ("同胞们",)


def test_a_chinese_sentence_said_twice_is_a_repeat(tables):
    texts = ["这本书写得很好，值得再看。好。", "这本书写得很好，值得再看！别的话也有一句。"]
    tables["reviews-zh"] = pd.DataFrame({"text": texts})
    found = split_documents(
        read_documents([TextShare(dataset="reviews-zh")], seed=0), held_out=0.4, seed=0
    )
    assert found.repeats == 1
