"""A difference holds exactly what changed."""

from dataclasses import replace

from core.prompts.library import compare


def test_pieces_make_both_templates(content):
    after = replace(content, template="{{ text }}\nIt was really [MASK]! 它太累了")
    found = compare(content, after)
    before_text = "".join(piece.text for piece in found.pieces if piece.kind != "added")
    after_text = "".join(piece.text for piece in found.pieces if piece.kind != "removed")
    assert (before_text, after_text) == (content.template, after.template)
    assert any(piece.kind == "same" and "It was" in piece.text for piece in found.pieces)
    assert not found.is_none


def test_equal_contents_have_no_difference(content):
    assert compare(content, replace(content)).is_none


def test_everything_else_that_changed_is_named(content):
    after = replace(
        content,
        model="smollm2-135m-instruct",
        words=(("positive", ("great",)), ("negative", ("terrible",))),
        demonstrations=(),
        calibrate=False,
        settings=(("order", "random"), ("seed", "3")),
    )
    changed = {each.name: (each.before, each.after) for each in compare(content, after).changes}
    assert changed.keys() == {"model", "words: positive", "example 1", "calibrate", "order"}
    assert changed["words: positive"] == ("great, good", "great")
    assert changed["example 1"][1] == ""
