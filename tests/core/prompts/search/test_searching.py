"""Searches: every candidate is kept, the same ones with and without a stop."""

import json

import pytest

from core.errors import InputError
from core.prompts.search import PromptSearchSpec, read_candidates, search_table, search_triggers
from core.prompts.search.kept import CANDIDATES, THOUGHTS
from core.prompts.search.triggers import TRIGGER, filled

WORDS = (("positive", ("the", "is")), ("negative", ("and",)))
CASES = [
    ("bert", "triggers", "{{ text }} [T] [T] [MASK]."),
    ("gpt2", "triggers", "{{ text }} [T] [T]"),
    ("bert", "instructions", "[I] {{ text }} [MASK]."),
    ("bert", "mining", "{{ text }} [P]."),
    ("gpt2", "mining", "{{ text }} [P]"),
]


@pytest.fixture
def make_spec(model_folder):
    def make(family, method, template, **changes):
        usual = {
            "rows": 8, "held_out": 6, "tries": 9, "candidates": 3, "batch": 4,
            "instructions": ("Say it", "Is it {{ so }}?", "Choose one"),
        }  # fmt: skip
        return PromptSearchSpec(
            model=str(model_folder(family)),
            dataset="movie-snippets",
            method=method,
            template=template,
            words=WORDS
            if method != "mining"
            else (("positive", ("tired",)), ("negative", ("yellow",))),
            **(usual | changes),
        )

    return make


def _search(spec, table, folder, watch):
    search_table(spec, table, folder, watch)


@pytest.mark.parametrize(("family", "method", "template"), CASES)
def test_stopped_and_resumed_tries_the_same_candidates(
    make_spec, make_watch, table, tmp_path, family, method, template
):
    spec = make_spec(family, method, template)
    whole, first, second = make_watch(), make_watch(stop_at=2), make_watch()
    _search(spec, table, tmp_path / "whole", whole)
    _search(spec, table, tmp_path / "parts", first)
    assert len(read_candidates(tmp_path / "parts")) == 2
    _search(spec, table, tmp_path / "parts", second)
    found = read_candidates(tmp_path / "whole")
    assert read_candidates(tmp_path / "parts") == found
    assert [each.number for each, _apart in found] == list(range(1, len(found) + 1))
    assert second.points == whole.points
    assert len(found) == (3 if method == "instructions" else len(found))
    assert 3 <= len(found) <= 9
    assert found[0][1] is not None  # the first is the best so far: it is scored on other rows


def test_the_best_never_falls_and_each_new_best_is_scored_on_other_rows(
    make_spec, make_watch, table, tmp_path
):
    watch = make_watch()
    _search(make_spec(*CASES[0], tries=16), table, tmp_path, watch)
    best = [point["best"] for point in watch.points]
    assert best == sorted(best)
    assert best == [max(p["accuracy"] for p in watch.points[: n + 1]) for n in range(len(best))]
    for (candidate, apart), point in zip(read_candidates(tmp_path), watch.points, strict=True):
        assert point["accuracy"] == candidate.score.accuracy
        assert ("held_out" in point) == (apart is not None)
        assert apart is None or apart.count == 6
    assert watch.notes["rows"] == 8


def test_half_a_line_of_a_process_that_was_killed_is_tried_again(
    make_spec, make_watch, table, tmp_path
):
    spec = make_spec(*CASES[0])
    _search(spec, table, tmp_path / "whole", make_watch())
    folder = tmp_path / "killed"
    _search(spec, table, folder, make_watch(stop_at=4))
    for name in (CANDIDATES, THOUGHTS):
        text = (folder / name).read_text()
        (folder / name).write_text(text[:-9])
    _search(spec, table, folder, make_watch())
    assert read_candidates(folder) == read_candidates(tmp_path / "whole")


def test_a_search_lowers_the_loss_and_finds_templates_that_are_read_as_they_stand(
    models, rows, verbalizer
):
    template = "{{ text }} [T] [T] [MASK]."
    found = list(
        search_triggers(models["bert"], template, rows, verbalizer=verbalizer, tries=30, seed=1)
    )
    assert len(found) == 30
    assert len({each.template for each in found}) == 30
    assert min(each.score.loss for each in found) < found[0].score.loss
    assert all("{{ text }}" in each.template and TRIGGER not in each.template for each in found)
    again = search_triggers(models["bert"], template, rows, verbalizer=verbalizer, tries=30, seed=1)
    assert list(again) == found


def test_a_spec_survives_json(make_spec):
    spec = make_spec(*CASES[2], proposals=2, proposer="smollm2-135m-instruct")
    assert PromptSearchSpec.from_json(spec.to_json()) == spec
    values = json.loads(spec.to_json())
    for broken in ("", "[]", json.dumps(values | {"format": 2}), json.dumps(values | {"x": 1})):
        with pytest.raises(InputError, match="no description of a search"):
            PromptSearchSpec.from_json(broken)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"method": "luck"}, "no search"),
        ({"tries": 0}, "tries is 0"),
        ({"rows": 1}, "rows is 1"),
        ({"method": "instructions", "instructions": ()}, "nothing to try"),
        ({"proposals": 2}, "proposes instructions"),
        ({"dataset": ""}, "one place"),
        ({"file": "x.csv"}, "one place"),
    ],
)
def test_what_no_search_can_have_is_named(changes, reason):
    usual = {"model": "m", "dataset": "movie-snippets", "template": "t", "words": WORDS}
    with pytest.raises(InputError, match=reason):
        PromptSearchSpec(**(usual | changes))


@pytest.mark.parametrize(
    ("method", "template"),
    [
        ("triggers", "{{ text }} [MASK]"),
        ("triggers", "{{ text }} " + "[T] " * 13 + "[MASK]"),
        ("triggers", "{{ text }}un[T]ed [MASK]"),
        ("instructions", "{{ text }} [MASK]"),
        ("mining", "{{ text }} [MASK]"),
    ],
)
def test_a_template_that_does_not_fit_is_refused(
    make_spec, make_watch, table, tmp_path, method, template
):
    with pytest.raises(InputError):
        _search(make_spec("bert", method, template), table, tmp_path, make_watch())


def test_words_are_put_in_from_left_to_right():
    assert filled("[T]a[T] b [T]", ["1", "2", "3"]) == "1a2 b 3"
