"""The glossary: names in both languages, and the terms that an explanation uses."""

from __future__ import annotations

from app.guide.terms import search, terms, terms_in
from app.navigation import is_page
from core.language import speaking

NOT_YET = {"prompts"}
"""Pages that a term names before they are there: the way to them is left out."""


def test_every_term_has_two_names_a_meaning_and_a_page():
    found = terms()
    assert len({term.en for term in found}) == len({term.zh for term in found}) == len(found)
    for term in found:
        assert term.meaning.endswith("."), term.en
        assert is_page(term.page) or term.page in NOT_YET, term.en


def test_both_languages_have_meanings_of_their_own():
    english = {term.en: term.meaning for term in terms()}
    with speaking("zh"):
        chinese = {term.en: term.meaning for term in terms()}
    assert english.keys() == chinese.keys()
    assert all(english[name] != chinese[name] for name in english)


def test_a_term_is_found_by_either_name():
    assert [term.en for term in search("top-p")] == ["top-p"]
    assert "head" in {term.en for term in search("注意力头")}
    assert search("no such word anywhere") == ()
    assert search("") == terms()


def test_an_explanation_names_its_terms_in_the_order_in_which_they_stand():
    assert [term.en for term in terms_in("The query of a head looks for keys.")] == [
        *("query", "head", "key")
    ]
    assert terms_in("nothing of the kind") == ()
    with speaking("zh"):
        assert {term.en for term in terms_in("查询与键的乘积是分数。")} == {"query", "key", "score"}
