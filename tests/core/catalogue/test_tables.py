import bz2
import zipfile

import pytest

from core.catalogue import datasets, ensure_dataset, find_dataset, read_dataset
from core.catalogue.tables import read_rows
from core.errors import FetchError, InputError


def test_scores_become_labels(tmp_path):
    (tmp_path / "tweets_GroundTruth.txt").write_bytes(
        b"id\tsentiment\ttext\r\n1\t2.5\tGood.\r\n2\t-1\tBad.\r\n3\t0.0\tSo so."
    )
    table = read_rows(tmp_path, "tweets")
    assert table["label"].tolist() == ["positive", "negative", "neutral"]
    assert table["text"].tolist() == ["Good.", "Bad.", "So so."]


def test_repeated_questions_are_left_out(tmp_path):
    lines = "HUM:ind Who ?\nNUM:date When was it ?\nHUM:ind Who ?\n"
    (tmp_path / "question_labels.txt").write_text(lines)
    table = read_rows(tmp_path, "question-types")
    assert table.to_numpy().tolist() == [
        ["Who ?", "HUM", "HUM:ind"],
        ["When was it ?", "NUM", "NUM:date"],
    ]


def test_reviews_that_stand_under_both_labels_are_left_out(tmp_path):
    (tmp_path / "pos.txt").write_text("好\n好\n都\n", "utf-8")
    (tmp_path / "neg.txt").write_text("坏\n都\n", "utf-8")
    table = read_rows(tmp_path, "reviews-zh")
    assert table.to_numpy().tolist() == [["好", "positive"], ["坏", "negative"]]


def test_chinese_words_and_tags_are_parted_without_brackets(tmp_path):
    (tmp_path / "199801.txt").write_text("[中央/n  电视台/n]nt  １/m  //w\n", "utf-8")
    table = read_rows(tmp_path, "news-zh")
    assert table["words"][0] == ("中央", "电视台", "１", "/")
    assert table["tags"][0] == ("n", "n", "m", "w")


def test_plots_are_no_verdicts(tmp_path):
    rows = "category,text,movie_name,has_plot_and_reviews\nplot,P,m,True\nfresh,F,m,True\n"
    (tmp_path / "rotten_tomatoes_corpus_full.csv.bz2").write_bytes(bz2.compress(rows.encode()))
    assert read_rows(tmp_path, "rotten-tomatoes").to_numpy().tolist() == [["F", "fresh"]]


def test_articles_without_a_text_and_repeated_ones_are_left_out(tmp_path):
    rows = "article_id,title,text\n1,A,one\n2,B,\n3,C,one\n4,D,two\n"
    with zipfile.ZipFile(tmp_path / "NewsArticles.zip", "w") as archive:
        archive.writestr("NewsArticles.csv", rows)
    assert read_rows(tmp_path, "news-articles")["title"].tolist() == ["A", "D"]


def test_the_licence_at_the_top_of_wordnet_is_no_gloss(tmp_path):
    text = "  1 This software ...\n00001740 02 r 01 a_cappella 0 000 | without music  \n"
    (tmp_path / "data.adv").write_text(text)
    assert read_rows(tmp_path, "wordnet").to_numpy().tolist() == [["a cappella", "without music"]]


def test_addresses_are_named_by_who_and_when(tmp_path):
    (tmp_path / "1790_george_washington_n.txt").write_text("Fellow-Citizens")
    titles = read_rows(tmp_path, "state-of-the-union")["title"].tolist()
    assert titles == ["George Washington, 1790"]


def test_brown_is_read_sentence_by_sentence(tmp_path):
    (tmp_path / "ca01").write_text("\n\n\tThe/at 1/2/cd end/nn ./.\n\n")
    table = read_rows(tmp_path, "brown")
    assert table["words"][0] == ("The", "1/2", "end", ".")
    assert table["title"][0] == "ca01"


def test_a_damaged_file_is_a_sentence(tmp_path):
    with pytest.raises(FetchError, match=r"delete .* and fetch it again"):
        read_rows(tmp_path, "tweets")


def test_an_unknown_dataset_is_a_sentence():
    with pytest.raises(InputError, match="There is no dataset “nothing”"):
        ensure_dataset("nothing")


@pytest.mark.models
@pytest.mark.parametrize("entry", datasets(), ids=lambda entry: entry.id)
def test_the_rows_are_those_the_catalogue_names(entry):
    """Recounts every dataset; the ones for developers only where they are fetched already."""
    from core.catalogue import is_fetched

    if entry.audience == "developers" and not is_fetched(entry):
        pytest.skip("needs npm or apt-get")
    table = read_dataset(entry.id)
    assert len(table) == find_dataset(entry.id).rows
    if entry.labels:
        assert set(table["label"]) == set(entry.labels)
