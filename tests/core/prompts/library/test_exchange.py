"""A prompt that is exported and imported is the same; a broken file is one sentence."""

import json

import pytest
import yaml

from core.errors import InputError
from core.prompts.library import read_prompts, write_prompts


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_what_is_written_is_read_back_equal(prompt, form):
    assert read_prompts(write_prompts((prompt, prompt), form)) == (prompt, prompt)


def test_a_promptfoo_file_brings_the_newest_version_back(prompt, content):
    (found,) = read_prompts(write_prompts((prompt,), "promptfoo"))
    assert found.versions[0].content == content
    assert (found.name, found.tags) == (prompt.name, prompt.tags)


def test_a_promptfoo_file_has_what_promptfoo_reads(prompt, content):
    """Its reference: prompts with label and raw, providers, tests with vars and assertions."""
    values = yaml.safe_load(write_prompts((prompt,), "promptfoo"))
    assert values["prompts"][0]["raw"] == content.template
    assert values["prompts"][0]["label"] == prompt.name
    assert values["providers"]
    test = values["tests"][0]
    assert test["vars"] == {"text": "A: b - 'c'\n# d"}
    assert test["assert"] == [{"type": "icontains", "value": "positive"}]


def test_a_foreign_promptfoo_file_is_read_and_its_tests_are_not_lost():
    text = """
prompts:
  - 'Translate {{input}} to {{language}}'
  - label: second
    raw: |-
      Say it in {{language}}:
      {{input}}
providers: [openai:some-model]
tests:
  - vars: {language: French, input: Hello}
    assert: [{type: contains, value: Bonjour}]
"""
    first, second = read_prompts(text)
    assert first.versions[0].content.template == "Translate {{input}} to {{language}}"
    assert (second.name, second.versions[0].content.template) == (
        "second",
        "Say it in {{language}}:\n{{input}}",
    )
    back = yaml.safe_load(write_prompts((first,), "promptfoo"))
    assert back["tests"] == yaml.safe_load(text)["tests"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no list of names"),
        ("[1, 2]", "no list of names"),
        ("{", "line 1"),
        ("a: [b\nc: d", "line"),
        ("x: 1", "no “prompts”"),
        ("prompts: []", "empty"),
        ("prompts: 3", "no list"),
        ("prompts: [{label: a}]", "prompt 1 has no text"),
        ("prompts: ['file://a.txt']", "another file"),
        ('{"headlight_prompts": 2, "prompts": []}', "newer"),
        ('{"headlight_prompts": 1, "prompts": [{"versions": []}]}', "no “name”"),
        ("headlight_prompts: 1\nprompts: [{name: a, versions: [{words: {}}]}]", "template"),
        ("headlight_prompts: 1\nprompts: [{name: a, versions: [{template: [1]}]}]", "template"),
        ("a: &a [1]\nb: *a", "aliases"),
        ("!!python/object/apply:os.system ['true']", "line 1"),
        ("[" * 5000, "nested too deeply"),
        ('prompts: !!int ""', "cannot be read"),
        ("prompts: !!timestamp x", "cannot be read"),
        ("\x00\x01", "special characters|unacceptable"),
    ],
)
def test_a_broken_file_is_one_sentence(text, reason):
    with pytest.raises(InputError, match=reason) as caught:
        read_prompts(text)
    assert "\n" not in str(caught.value)


def test_the_tests_of_a_foreign_file_may_hold_a_day():
    text = "prompts: ['{{day}}']\ntests: [{vars: {day: 2024-05-01}}]"
    (prompt,) = read_prompts(text)
    assert "2024-05-01" in write_prompts((prompt,), "promptfoo")


@pytest.mark.parametrize("rows", ["null", "Infinity", "1e999", "9" * 400])
def test_a_result_on_no_number_of_rows_is_refused(rows):
    result = f'{{"accuracy": 0.5, "rows": {rows}}}'
    version = f'{{"template": "x", "results": [{result}]}}'
    text = f'{{"headlight_prompts": 1, "prompts": [{{"name": "a", "versions": [{version}]}}]}}'
    with pytest.raises(InputError, match="rows"):
        read_prompts(text)


def test_a_file_above_the_limit_is_refused():
    with pytest.raises(InputError, match="Too large"):
        read_prompts(json.dumps({"prompts": ["x" * 2_000_001]}))
