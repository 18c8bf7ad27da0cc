"""A study of labels: its examples, its networks, and that it goes on where it was stopped."""

import dataclasses
import itertools
import json

import pytest
import torch

from core.errors import InputError
from core.models import load_model
from core.tuning.label_curve import LabelCurveSpec, read_scored, studying
from core.tuning.label_curve.studying import make_untrained, study_examples
from core.tuning.label_curve.subsets import first_examples
from core.tuning.outcome.intervals import wilson

pytestmark = pytest.mark.slow

SMALL = {"counts": (4, 12, 40)}


@pytest.fixture
def few_steps(monkeypatch):
    monkeypatch.setattr("core.tuning.label_curve.spec.LEAST_STEPS", 3)


def test_smaller_sets_lie_within_larger_ones_and_have_every_label(make_examples):
    examples = make_examples("classification", 40)
    uneven = dataclasses.replace(
        examples, labels=(1,) + (0,) * 35 + (1,) * 3 + (0,), label_names=("a", "b")
    )
    sets = [first_examples(uneven, count, seed=3) for count in (2, 10, 20, 40, 99)]
    assert [len(each) for each in sets] == [2, 10, 20, 40, 40]
    for smaller, larger in itertools.pairwise(sets):
        assert larger.texts[: len(smaller)] == smaller.texts
    assert all(set(each.labels) == {0, 1} for each in sets)
    assert sets[2].labels.count(1) == 2  # a tenth, as in all
    assert first_examples(uneven, 10, seed=4).texts != sets[1].texts


def test_a_study_scores_every_network_and_leaves_no_weights(
    few_steps, make_spec, make_examples, watch, tmp_path
):
    base = make_spec("bert", rate=5e-3)
    spec = LabelCurveSpec(base=base, **SMALL)
    training, held_out = make_examples("classification", 24), make_examples("classification", 10)
    study_examples(spec, training, held_out, tmp_path, watch)
    scored = read_scored(tmp_path)
    assert [(each.start, each.asked, each.labels) for each in scored] == [
        (start, asked, labels)
        for asked, labels in ((4, 4), (12, 12), (40, 24))
        for start in ("pretrained", "nothing")
    ]
    assert all(each.count == 10 and 0 <= each.right <= 10 for each in scored)
    assert scored[0].interval == wilson(scored[0].right, 10)
    assert watch.notes["majority"] == 0.5
    assert watch.notes["steps"] == max(point["step"] for point in watch.points)
    assert {path.name for path in tmp_path.iterdir()} == {"labels.json"}


def test_a_study_killed_between_two_networks_scores_the_second_by_itself(
    few_steps, make_spec, make_examples, make_watch, tmp_path, monkeypatch
):
    """The weights of the first are still there then."""
    spec = LabelCurveSpec(base=make_spec("bert", rate=5e-3), **SMALL)
    training, held_out = make_examples("classification", 24), make_examples("classification", 10)
    study_examples(spec, training, held_out, tmp_path / "whole", make_watch())
    parts, write = tmp_path / "parts", studying._write

    def killed(*arguments):
        write(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(studying, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            study_examples(spec, training, held_out, parts, make_watch())
    assert len(read_scored(parts)) == 1
    study_examples(spec, training, held_out, parts, make_watch())
    assert read_scored(parts) == read_scored(tmp_path / "whole")
    assert {path.name for path in parts.iterdir()} == {"labels.json"}


def test_a_study_that_is_stopped_goes_on_to_the_same_scores(
    few_steps, make_spec, make_examples, make_watch, tmp_path
):
    spec = LabelCurveSpec(base=make_spec("bert", rate=5e-3), **SMALL)
    training, held_out = make_examples("classification", 24), make_examples("classification", 10)
    study_examples(spec, training, held_out, tmp_path / "whole", make_watch())
    parts = tmp_path / "parts"
    study_examples(spec, training, held_out, parts, make_watch(stop_at=8))
    assert 0 < len(read_scored(parts)) < 6
    study_examples(spec, training, held_out, parts, make_watch())
    assert read_scored(parts) == read_scored(tmp_path / "whole")


def test_from_nothing_is_the_same_network_with_other_weights(make_spec, tmp_path):
    base = make_spec("bert").model
    make_untrained(base, tmp_path / "one", seed=1)
    make_untrained(base, tmp_path / "again", seed=1)
    known, one, again = (
        dict(load_model(str(each)).network.named_parameters())
        for each in (base, tmp_path / "one", tmp_path / "again")
    )
    assert known.keys() == one.keys()
    name = next(name for name in one if name.endswith("query.weight"))
    assert torch.equal(one[name], again[name])
    assert not torch.equal(one[name], known[name])


def test_nothing_is_no_place_for_an_adapter(make_spec):
    spec = LabelCurveSpec(base=make_spec("bert", method="lora"))
    assert spec.part("pretrained", 10, model="x").method == "lora"
    assert spec.part("nothing", 10, model="x").method == "full"
    assert spec.part("nothing", 10, model="x").steps == 60


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"counts": ()}, "these are –"),
        ({"counts": (10, 5)}, "and rise: these are 10, 5"),
        ({"counts": (1, 5)}, "from 2 on"),
        ({"counts": tuple(range(2, 20))}, "36 networks, the limit is 12"),
        ({"starts": ()}, "from nothing, or both"),
    ],
)
def test_what_no_study_can_have_is_refused(make_spec, values, said):
    with pytest.raises(InputError, match=said):
        LabelCurveSpec(base=make_spec("bert"), **values)


def test_texts_without_labels_have_no_study(make_spec):
    with pytest.raises(InputError, match="no labels to count"):
        LabelCurveSpec(base=make_spec("gpt2", "causal"))


def test_a_spec_comes_back_from_json(make_spec):
    spec = LabelCurveSpec(base=make_spec("bert"), of="0123456789", starts=("nothing",))
    assert LabelCurveSpec.from_json(spec.to_json()) == spec
    broken = json.dumps(json.loads(spec.to_json()) | {"counts": [5, 2]})
    with pytest.raises(InputError, match="and rise"):
        LabelCurveSpec.from_json(broken)
    with pytest.raises(InputError, match="no description of a study"):
        LabelCurveSpec.from_json("{}")
