"""The library keeps every version, and only its owner changes a prompt."""

import math
import threading
from dataclasses import replace

import pytest

from core.errors import InputError, NotAllowedError
from core.prompts.library import NewPrompt, NewVersion, PromptContent, PromptLibrary, PromptResult
from core.prompts.library.content import CONTENT_LIMIT
from core.prompts.library.prompts import PROMPTS_LIMIT, RESULTS_LIMIT


def test_what_is_saved_comes_back_equal_after_the_library_was_closed(tmp_path, prompt):
    first = PromptLibrary(tmp_path / "a.db")
    saved = first.save(prompt, owner="me")
    first.close()
    again = PromptLibrary(tmp_path / "a.db")
    assert again.get(saved.id) == saved
    assert again.get(saved.id).to_new() == prompt
    assert [each.number for each in saved.versions] == [1, 2]
    again.close()


def test_a_version_is_added_only_where_something_changed(library, prompt, content):
    saved = library.save(prompt, owner="me")
    assert library.add_version(saved.id, content, owner="me").number == 2
    changed = replace(content, template="{{ text }} So [MASK].")
    assert library.add_version(saved.id, changed, owner="me", note="shorter").number == 3
    found = library.get(saved.id)
    assert [each.note for each in found.versions] == ["a beginning", "", "shorter"]
    assert found.version(2).content == content


def test_results_stay_with_their_version_and_the_oldest_go(library, prompt):
    saved = library.save(prompt, owner="me")
    for number in range(RESULTS_LIMIT + 3):
        result = PromptResult(model="m", dataset="d", split="test", rows=number, accuracy=0.5)
        library.keep_result(saved.id, 1, result, owner="me")
    found = library.get(saved.id)
    assert [each.rows for each in found.version(1).results] == list(range(3, RESULTS_LIMIT + 3))
    assert math.isnan(found.version(1).results[0].low)
    assert found.version(1).results[0].made > 0
    assert len(found.version(2).results) == 1
    with pytest.raises(InputError, match="no saved prompt"):
        library.keep_result(saved.id, 9, result, owner="me")


def test_only_the_owner_changes_a_prompt_and_who_has_its_id_reads_it(library, prompt, content):
    saved = library.save(prompt, owner="me")
    assert library.get(saved.id).name == prompt.name
    assert library.list(owner="you") == ()
    tries = (
        lambda: library.add_version(saved.id, content, owner="you"),
        lambda: library.describe(saved.id, owner="you", name="x", tags=()),
        lambda: library.delete(saved.id, owner="you"),
        lambda: library.keep_result(saved.id, 1, prompt.versions[1].results[0], owner="you"),
    )
    for change in tries:
        with pytest.raises(NotAllowedError, match="another browser"):
            change()
    assert library.get(saved.id) == saved


def test_a_prompt_gets_a_name_and_tags_and_goes(library, prompt):
    saved = library.save(prompt, owner="me")
    library.describe(saved.id, owner="me", name="  New \n name ", tags=["a", "a", " b  c ", ""])
    found = library.get(saved.id)
    assert (found.name, found.tags) == ("New name", ("a", "b c"))
    library.delete(saved.id, owner="me")
    assert library.list(owner="me") == ()
    with pytest.raises(InputError, match="may have been deleted"):
        library.get(saved.id)


@pytest.mark.parametrize(
    ("name", "tags", "note"),
    [(" ", (), ""), ("x" * 81, (), ""), ("x", ("t" * 31,), ""), ("x", (), "n" * 2001)],
)
def test_what_cannot_be_saved_is_said_and_nothing_is(library, name, tags, note):
    version = NewVersion(content=PromptContent(template="{{ text }}"), note=note)
    fine = NewPrompt(name="fine", versions=(version,))
    with pytest.raises(InputError):
        library.save_all((fine, NewPrompt(name=name, tags=tags, versions=(version,))), owner="me")
    assert library.list(owner="me") == ()


def test_more_prompts_than_the_limit_are_refused_together(library):
    one = NewPrompt(name="x", versions=(NewVersion(content=PromptContent(template="t")),))
    library.save_all((one,) * PROMPTS_LIMIT, owner="me")
    with pytest.raises(InputError, match=str(PROMPTS_LIMIT)):
        library.save(one, owner="me")


def test_a_content_above_the_limit_is_refused():
    with pytest.raises(InputError, match="Too long"):
        PromptContent(template="x" * (CONTENT_LIMIT + 1))


def test_several_threads_save_versions_without_losing_one(library, prompt):
    saved = library.save(prompt, owner="me")

    def add(number):
        content = PromptContent(template=f"{{{{ text }}}} {number}")
        library.add_version(saved.id, content, owner="me")

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = library.get(saved.id)
    assert [each.number for each in found.versions] == list(range(1, 11))
