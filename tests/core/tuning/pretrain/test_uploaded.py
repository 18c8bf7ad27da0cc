"""Uploaded files as texts and as pairs of texts."""

import io

import pytest

from core.errors import InputError
from core.tuning.labelled.uploads import store_upload
from core.tuning.pretrain.material import read_text_pairs
from core.tuning.pretrain.running import pretrain
from core.tuning.pretrain.uploaded import read_pairs, read_upload
from tests.core.tuning.pretrain.conftest import english


@pytest.fixture(autouse=True)
def _home(monkeypatch, tmp_path):
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path / "home"))


def _upload(name, text):
    return store_upload(name, io.BytesIO(text.encode()))


def test_a_blank_line_ends_a_text(make_spec):
    name = _upload("a.txt", "One line. Two.\nIts end.\n\n天黑了。下雨了。\n")
    first, second = read_upload(name)
    assert first.sentences == ("One line.", "Two.", "Its end.")
    assert second.sentences == ("天黑了。", "下雨了。")
    assert (first.text, second.text) == ("One line. Two. Its end.", "天黑了。下雨了。")


def test_a_row_of_a_table_is_a_text():
    name = _upload("a.csv", "id,text\n1,One here.\n2,Two here.\n")
    assert [document.text for document in read_upload(name)] == ["One here.", "Two here."]
    with pytest.raises(InputError, match="no column “body”: choose among id, text"):
        read_upload(name, "body")


def test_pairs_come_from_two_columns(make_spec):
    name = _upload("a.tsv", "input\toutput\n1\tone\n2\ttwo\n\tnone\n3\tthree\n")
    assert read_pairs(name) == (("1", "one"), ("2", "two"), ("3", "three"))
    spec = make_spec("seq2seq", texts=(), file=name)
    found = read_text_pairs(spec)
    assert len(found.held_out) == 1
    assert {*found.train, *found.held_out} == set(read_pairs(name))


def test_pairs_of_other_names_are_the_first_two_columns():
    name = _upload("a.csv", "source,target,note\nein,one,x\nzwei,two,y\n")
    assert read_pairs(name) == (("ein", "one"), ("zwei", "two"))
    assert read_pairs(name, second="note") == (("ein", "x"), ("zwei", "y"))
    with pytest.raises(InputError, match="has one column"):
        read_pairs(_upload("b.csv", "source\nein\n"))


def test_two_texts_that_are_the_same_are_refused(make_spec, watch, tmp_path):
    text = "One text of more than eight words that stands here twice."
    spec = make_spec("causal", texts=(), file=_upload("a.txt", f"{text}\n\n{text}\n"))
    with pytest.raises(InputError, match="one text"):
        pretrain(spec, tmp_path / "run", watch)


def test_a_file_is_trained_on(make_spec, watch, tmp_path):
    name = _upload("a.txt", "\n\n".join(english()))
    pretrain(make_spec("masked", texts=(), file=name, steps=2), tmp_path / "run", watch)
    assert watch.notes["rows"] == 57
    assert watch.notes["validation_rows"] == 3


def test_one_text_alone_is_refused(make_spec, watch, tmp_path):
    spec = make_spec("causal", texts=(), file=_upload("a.txt", "Only one.\nText.\n"))
    with pytest.raises(InputError, match="blank line between"):
        pretrain(spec, tmp_path / "run", watch)
