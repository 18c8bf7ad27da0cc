"""What the model of a run says of new texts, against the network that the run trained."""

import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError, TextError, UnsupportedError
from core.models import load_model
from core.tuning.predicting import predict, split_words
from core.tuning.runs import RunStore

sys.path.append(str(Path(__file__).parent))
from finished import finish_run

pytestmark = pytest.mark.slow

GOOD = "The animal is wide and tired because it was the capital."
BAD = "The street is yellow because it was the capital."
PET = {
    "template": "{text} It is {word}",
    "verbalizer": (("positive", "wide"), ("negative", "tired")),
}
RUNS = [
    ("bert", "full"),
    ("bert", "lora"),
    ("bert", "prompt"),
    ("bert", "prefix"),
    ("bert", "pet"),
    ("bert", "pet-lora"),
    ("gpt2", "pet-prompt"),
    ("gpt2", "lora"),
    ("gpt2", "pet"),
]


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLIGHT_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("family", "method"), RUNS)
def test_predictions_are_those_that_the_run_was_scored_by(
    home, make_spec, make_examples, family, method
):
    more = PET if method.startswith("pet") else {}
    spec = make_spec(family, method=method, epochs=8, rate=5e-3, schedule="constant", **more)
    held_out = make_examples("classification", 12)
    run_id = finish_run(spec, make_examples("classification", 40), held_out)
    with RunStore() as store:
        result = store.notes(run_id)["result"]
    after = predict(load_model(f"run:{run_id}"), held_out.texts)
    chances = np.stack([each.probabilities[0] for each in after])
    np.testing.assert_allclose(chances.sum(-1), 1, atol=1e-6)
    right = chances.argmax(-1) == held_out.labels
    assert right.mean() == result["accuracy"]
    loss = -np.log(chances[range(12), held_out.labels]).mean()
    assert loss == pytest.approx(result["validation_loss"], abs=1e-5)


def test_a_classifier_knows_after_its_run_what_it_did_not_before(home, make_spec, make_examples):
    spec = make_spec("bert", epochs=12, rate=5e-3, schedule="constant")
    examples = make_examples("classification", 40)
    run_id = finish_run(spec, examples, make_examples("classification", 6))
    after = predict(load_model(f"run:{run_id}"), [GOOD, BAD, GOOD])
    assert [each.label for each in after] == ["positive", "negative", "positive"]
    before = predict(load_model(f"run:{run_id}@0"), [GOOD, BAD])
    spread = [float(each.probabilities[0, 0]) for each in before]
    assert abs(spread[0] - spread[1]) < 0.4


def test_many_texts_give_what_each_gives_alone(home, make_spec, make_examples):
    examples = make_examples("classification")
    run_id = finish_run(make_spec("bert"), examples, examples)
    model = load_model(f"run:{run_id}")
    texts = [GOOD, "The animal.", BAD * 4, *examples.texts]
    told = []
    together = predict(model, texts, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(texts), len(texts))
    for text, found in zip(texts, together, strict=True):
        (alone,) = predict(model, [text])
        assert found.parts == (text,)
        np.testing.assert_allclose(found.probabilities, alone.probabilities, atol=1e-6)
    assert predict(model, []) == ()


def test_a_pair_needs_a_second_text_for_each(home, make_spec, make_examples):
    examples = make_examples("pair")
    run_id = finish_run(make_spec("bert", "pair"), examples, examples)
    model = load_model(f"run:{run_id}")
    (found,) = predict(model, [GOOD], [BAD])
    assert found.probabilities.shape == (1, 2)
    with pytest.raises(InputError, match="1 texts came with 0 second texts: 1 are needed"):
        predict(model, [GOOD])


def test_every_word_gets_a_tag(home, make_spec, make_examples):
    examples = make_examples("tagging")
    spec = make_spec("bert", "tagging", epochs=12, rate=5e-3, schedule="constant")
    run_id = finish_run(spec, examples, examples)
    (found,) = predict(load_model(f"run:{run_id}"), ["The animal is the capital of Japan."])
    assert found.parts == ("The", "animal", "is", "the", "capital", "of", "Japan", ".")
    assert found.labels[0] == "name"
    assert found.labels[1] == "o"


def test_words_beyond_the_limit_have_no_tag(home, make_spec, make_examples):
    examples = make_examples("tagging")
    run_id = finish_run(make_spec("bert", "tagging"), examples, examples)
    (found,) = predict(load_model(f"run:{run_id}"), ["street " * 60])
    assert len(found.labels) == 60
    assert found.labels[0]
    assert found.labels[-1] == ""
    assert np.isnan(found.probabilities[-1]).all()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It didn't rain.", ("It", "didn't", "rain", ".")),
        ("王小明去了北京", ("王", "小", "明", "去", "了", "北", "京")),
        ("a-b, c", ("a-b", ",", "c")),
    ],
)
def test_words_are_split_from_punctuation(text, words):
    assert split_words(text) == words


def test_what_learnt_no_labels_or_reads_nothing_is_refused(home, make_spec, make_examples):
    examples = make_examples("masked")
    run_id = finish_run(make_spec("bert", "masked"), examples, examples)
    with pytest.raises(UnsupportedError, match="learnt no labels"):
        predict(load_model(f"run:{run_id}"), [GOOD])
    examples = make_examples("classification")
    run_id = finish_run(make_spec("bert"), examples, examples)
    with pytest.raises(TextError, match="The text is empty"):
        predict(load_model(f"run:{run_id}"), [GOOD, " "])
