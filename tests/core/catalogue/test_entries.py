import dataclasses

import pytest

from core.catalogue import datasets, find_dataset, find_model, models
from core.catalogue.entries import Text
from core.language import register_resolver


@pytest.fixture
def _chinese():
    register_resolver(lambda: "zh")
    yield
    register_resolver(lambda: "en")


def test_every_id_stands_once():
    ids = [entry.id for entry in (*models(), *datasets())]
    assert len(ids) == len(set(ids))


def test_the_built_in_models_come_first_and_what_headlight_trained_after_the_packages():
    built_in = [entry for entry in models() if entry.built_in]
    names = [
        *("minilm-l6", "smollm2-135m-instruct", "minilm-l6-masked", "numbers-to-words"),
        *("chinese-masked", "chinese-causal"),
    ]
    assert [entry.id for entry in built_in] == names
    assert list(models()[: len(names)]) == built_in
    sources = ["package", "package", *["trained"] * 4]
    assert [entry.source for entry in built_in] == sources
    assert all(entry.size_measured for entry in built_in)
    assert find_model(built_in[2].base) == built_in[0]
    assert not any(entry.base for entry in built_in[3:])


def test_sizes_of_hub_models_are_marked_as_not_measured():
    assert not any(entry.size_measured for entry in models() if entry.source == "hub")


@pytest.mark.parametrize(
    "name", ["bert-base-uncased", "gpt2", "distilgpt2", "openai-community/gpt2", "minilm-l6"]
)
def test_a_model_is_found_by_id_or_hub_name(name):
    assert find_model(name) is not None


@pytest.mark.parametrize("name", ["", "GPT2", "nothing", "hub/"])
def test_nothing_is_found_for_other_names(name):
    assert find_model(name) is None
    assert find_dataset(name) is None


@pytest.mark.usefixtures("_chinese")
def test_texts_follow_the_language():
    assert "英文" in find_model("minilm-l6").about
    assert find_dataset("tweets").title == "推文"


def test_every_entry_has_both_languages_and_a_licence():
    for entry in (*models(), *datasets()):
        assert entry.abouts.en
        assert entry.abouts.zh
        assert entry.licence


def test_data_of_the_vader_paper_carry_its_citation():
    for name in ("movie-snippets", "tweets", "product-reviews", "editorials"):
        assert "Hutto" in find_dataset(name).citation


def test_what_needs_npm_or_debian_is_for_developers():
    for entry in datasets():
        assert (entry.source in ("npm", "debian")) == (entry.audience == "developers")


@pytest.mark.parametrize(
    "change",
    [
        {"id": "../x"},
        {"sha256": "abc"},
        {"size": 0},
        {"kind": "other"},
        {"members": ()},
        {"members": ("a/x.txt", "b/x.txt")},
        {"licence": ""},
        {"filename": ""},
        {"members": ("a/..",)},
    ],
)
def test_an_entry_that_is_not_as_it_must_be_is_refused(change):
    with pytest.raises(ValueError, match="catalogue entry"):
        dataclasses.replace(find_model("minilm-l6"), **change)


def test_a_dataset_without_rows_is_refused():
    with pytest.raises(ValueError, match="rows"):
        dataclasses.replace(find_dataset("tweets"), rows=0, abouts=Text(en="a", zh="b"))
