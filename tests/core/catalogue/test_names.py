import pytest

from core.catalogue.entries import ModelEntry
from core.catalogue.names import HubName, meaning_of
from core.errors import ModelNotFoundError


@pytest.mark.parametrize("name", ["minilm-l6", "gpt2", "google-bert/bert-base-uncased"])
def test_a_name_of_the_catalogue_is_its_entry(name):
    assert isinstance(meaning_of(name), ModelEntry)


@pytest.mark.parametrize("name", ["owner/name", "a/b.c-d_e", "x1/Y2"])
def test_owner_and_name_is_a_model_of_the_hub(name):
    assert meaning_of(name) == HubName(name)


def test_an_existing_folder_with_a_separator_is_a_folder(tmp_path, monkeypatch):
    (tmp_path / "mine" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert meaning_of("mine/model") == tmp_path / "mine" / "model"
    assert meaning_of("./mine") == tmp_path / "mine"
    assert meaning_of(str(tmp_path)) == tmp_path


def test_a_bare_id_of_the_catalogue_is_not_taken_for_a_folder(tmp_path, monkeypatch):
    (tmp_path / "gpt2").mkdir()
    monkeypatch.chdir(tmp_path)
    assert isinstance(meaning_of("gpt2"), ModelEntry)
    assert meaning_of("./gpt2") == tmp_path / "gpt2"


@pytest.mark.parametrize(
    "name",
    [
        *("", "   ", "nothing", "a/b/c", "../b/c/../d", "a/..", "../..x", "https://hub/a/b"),
        *("a\0b", "a/b\n", "a\u202eb/c", "/no/such/folder", "~nobody-here/x", "a--b/c", "a/b.git"),
        *("x" * 5000, "/" + "x" * 900, "/" + "x" * 300, "o/" + "n" * 200, "-a/b", "a/.b", "模/型"),
    ],
)
def test_other_names_are_refused_in_one_short_line(name):
    with pytest.raises(ModelNotFoundError) as caught:
        meaning_of(name)
    message = str(caught.value)
    assert message.isprintable()
    assert len(message) < 450


def test_the_refusal_says_what_is_accepted():
    with pytest.raises(ModelNotFoundError, match=r"core\.catalogue list.*hub name.*folder"):
        meaning_of("nothing")
