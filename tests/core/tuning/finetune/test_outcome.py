"""What a run leaves behind about its held-out rows, for every kind of data."""

import json

import pytest

from core.errors import InputError
from core.tuning.finetune.running import tune
from core.tuning.outcome import read_outcome

pytestmark = pytest.mark.slow

RUNS = [
    ("bert", "classification", "full"),
    ("bert", "pair", "lora"),
    ("bert", "tagging", "full"),
    ("bert", "masked", "full"),
    ("bert", "classification", "pet"),
    ("gpt2", "classification", "pet"),
    ("gpt2", "causal", "full"),
    ("gpt2", "completion", "lora"),
    ("llama", "causal", "prompt"),
]


def _template(method):
    words = (("positive", "wide"), ("negative", "tired"))
    return {"template": "{text} It is {word}", "verbalizer": words} if method == "pet" else {}


@pytest.fixture(scope="module", params=RUNS, ids="-".join)
def ended(request, make_spec, make_examples, make_watch, tmp_path_factory):
    family, kind, method = request.param
    spec = make_spec(family, kind, method, **_template(method))
    folder, watch = tmp_path_factory.mktemp("ended"), make_watch()
    held_out = make_examples(kind, 9)
    tune(spec, make_examples(kind), held_out, folder, watch)
    return spec, held_out, read_outcome(folder), watch


def test_the_figures_are_those_that_the_run_noted(ended):
    spec, _held_out, outcome, watch = ended
    result = watch.notes["result"]
    assert outcome.kind == spec.kind
    assert outcome.step == result["step"]
    assert outcome.count == result["count"]
    assert outcome.measure("accuracy").value == pytest.approx(result["accuracy"])
    assert outcome.measure("loss").value == pytest.approx(result["validation_loss"], rel=1e-5)
    for measure in outcome.measures:
        assert measure.low <= measure.value <= measure.high
    if "macro_f1" in result:
        assert outcome.measure("macro_f1").value == pytest.approx(result["macro_f1"])
        assert [list(row) for row in outcome.confusion] == watch.notes["confusion"]
        assert 0 < outcome.majority < 1
        assert sum(each.count for each in outcome.labels) == outcome.count
    else:
        assert outcome.measure("perplexity").value == pytest.approx(result["perplexity"], rel=1e-4)
        assert not outcome.labels


def test_the_worst_mistakes_stand_in_the_text_they_come_from(ended):
    spec, held_out, outcome, _watch = ended
    losses = [mistake.loss for mistake in outcome.mistakes]
    assert losses == sorted(losses, reverse=True)
    assert 0 < len(losses) <= 100
    for mistake in outcome.mistakes:
        assert 0 <= mistake.probability <= mistake.predicted_probability + 1e-6 <= 1.00001
        if spec.kind in ("classification", "pair"):
            place = held_out.texts.index(mistake.text)
            assert mistake.expected in held_out.label_names
            assert mistake.predicted in held_out.label_names
            if spec.kind == "pair":
                assert mistake.second in held_out.seconds
            else:
                assert mistake.expected == held_out.label_names[held_out.labels[place]]
        if spec.kind == "tagging":
            whole = f"{mistake.before} {mistake.text} {mistake.after}".strip()
            assert any(whole in text for text in held_out.texts)
            assert mistake.expected == ("name" if mistake.text[0].isupper() else "o")


def test_of_a_tokens_mistake_the_token_itself_is_expected(ended):
    spec, _held_out, outcome, _watch = ended
    if spec.kind not in ("causal", "completion", "masked"):
        return  # labels, not tokens
    assert all(mistake.text == mistake.expected for mistake in outcome.mistakes)
    if spec.kind != "masked":  # nothing predicts a first token
        assert all(mistake.before for mistake in outcome.mistakes)


def test_a_run_that_has_not_ended_has_no_outcome(tmp_path):
    assert read_outcome(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", '{"format": 1}', json.dumps({"format": 9})])
def test_an_outcome_that_cannot_be_read_is_told(tmp_path, text):
    (tmp_path / "outcome.json").write_text(text)
    with pytest.raises(InputError, match="cannot be read"):
        read_outcome(tmp_path)
