"""Templates: what they write, where it comes from, and what they may not do."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from core.errors import InputError
from core.prompts import PromptPiece, PromptTemplate


def test_a_template_names_its_variables_in_their_order_and_fills_them_in():
    template = PromptTemplate("Review: {{ text }}\nBy {{ author|upper }}:")
    assert template.variables == ("text", "author")
    assert template.render(text="Fine.", author="ann", extra=1) == "Review: Fine.\nBy ANN:"


def test_pieces_say_what_the_template_and_what_a_variable_wrote():
    pieces = PromptTemplate("It {{ verb }} {{ 'so' }}.").pieces({"verb": "rains"})
    assert pieces == (
        PromptPiece(text="It ", source="template"),
        PromptPiece(text="rains", source="variable", name="verb"),
        PromptPiece(text=" so.", source="template"),
    )


def test_a_value_is_never_read_as_a_template_or_as_a_mark():
    value = "{{ 7*7 }} {% for %} \U0010fff00\U0010fff1x\U0010fff2"
    (piece,) = PromptTemplate("{{ text }}").pieces({"text": value})
    assert piece.text == "{{ 7*7 }} {% for %} 0x"


def test_partials_are_included_and_their_variables_asked_for():
    template = PromptTemplate(
        '{% include "rules" %}{{ text }}', partials={"rules": "Be {{ how }}. "}
    )
    assert set(template.variables) == {"how", "text"}
    assert template.render(how="brief", text="Hi") == "Be brief. Hi"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("{{ ''.__class__ }}", "__class__"),
        ("{{ text['__class__'] }}", "not allowed"),
        ("{{ missing }}", "“missing”"),
        ("{% for %}", "Line 1"),
        ("{% include 'nothing' %}", "nothing"),
        ("{% macro f() %}{% endmacro %}", "macro"),
        ("{{ text|attr('x') }}", "attr"),
        ("{{ text.format(1) }}", "format"),
        ("{{ 'a' * 9 }}", "multiplies"),
        ("{{ '%99999999d' % 1 }}", "%"),
        ("{{ 9 ** 9 }}", "pow"),
        ("{{ 1 / 0 }}", "division"),
        ("{{ parts }}", "join"),
        ("{% set x = 'xxxxxxxxxx' %}" + "{% set x = x ~ x %}" * 40 + "{{ x }}", "400,000"),
        ("{{ " + "(" * 400 + "1" + ")" * 400 + " }}", "for ever"),
        ("x" * 20_001, "20,001"),
    ],
)
def test_what_a_template_may_not_do_is_said_in_one_sentence(source, said):
    with pytest.raises(InputError, match=r"\w") as told:
        PromptTemplate(source).render(text="Hi", parts=["a", "b"])
    assert said in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
        "{% for a in range(10000000000) %}x{% endfor %}",
    ],
)
def test_a_template_that_loops_for_ever_ends_soon(source):
    began = time.monotonic()
    with pytest.raises(InputError, match="20,000 turns"):
        PromptTemplate(source).render()
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "source",
    [
        "{{ 1|round(300000000, 'ceil') }}",
        "{{ number|round(precision=-300000000) }}",
        "{{ [1]|tojson(9000000000) }}",
        "{{ parts|tojson(indent=9000000000) }}",
    ],
)
def test_a_filter_that_would_compute_for_ever_is_not_begun(source):
    """No clock stops 10 to such a power, and no size is seen before the spaces are there."""
    with pytest.raises(InputError, match="20 places"):
        PromptTemplate(source).render(number=1, parts=["a"])


@pytest.mark.parametrize(
    "source",
    [
        "{{ text" + "|default('x')" * 50 + " }}" + ("{{ text" + "|d" * 50 + " }}") * 60,
        "{% set b = text %}" + ("{% set b = b" + "|sort|join" * 25 + " %}") * 40 + "{{ b }}",
    ],
    ids=["many filters to compile", "many filters to run"],
)
def test_no_template_takes_much_longer_than_it_may(source):
    began = time.process_time()
    with suppress(InputError):
        PromptTemplate(source).render(text="ab" * 150_000)
    assert time.process_time() - began < 10


def test_a_chain_of_filters_that_is_too_deep_is_refused():
    with pytest.raises(InputError, match="nested too deeply"):
        PromptTemplate("{{ text" + "|d" * 70 + " }}")


def test_a_template_and_its_partials_have_one_limit_together():
    partials = {str(number): "x" * 9_000 for number in range(3)}
    with pytest.raises(InputError, match="27,001"):
        PromptTemplate("x", partials=partials)


def test_numbers_are_rounded_and_lists_written_with_an_indent():
    assert (
        PromptTemplate("{{ x|round(2) }} {{ [1]|tojson(2) }}").render(x=0.126) == "0.13 [\n  1\n]"
    )


def test_a_partial_that_includes_itself_ends_soon():
    template = PromptTemplate(
        "{% include 'p' %}", partials={"p": "{% include 'p' %}{% include 'p' %}"}
    )
    with pytest.raises(InputError, match="for ever"):
        template.render()


def test_equal_sources_make_equal_templates():
    assert PromptTemplate("{{ a }}") == PromptTemplate("{{ a }}") != PromptTemplate("{{ b }}")
