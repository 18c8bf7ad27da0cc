"""Who uses Headlight: a class with a teacher's key, two languages at once, a plain entry."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.e2e.driving import home_with_models, start_server, stop_server

WORDS = ["the", "animal", "did", "not", "cross", "because", "it", "was", "too", "tired"]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    """A server with a teacher's key, started by the plain entry that knows no cookie."""
    home = home_with_models(tmp_path_factory.mktemp("guarded") / "home")
    process, address = start_server(home, entry="app/main.py", HEADLIGHT_TEACHER_KEY="chalk")
    yield address
    stop_server(process)


def tiny_bert(folder):
    """A random BERT of one layer with its tokenizer, as anybody would save it."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ".", *WORDS]
    sizes = {"hidden_size": 16, "intermediate_size": 16, "max_position_embeddings": 64}
    config = BertConfig(
        vocab_size=len(vocabulary), num_hidden_layers=1, num_attention_heads=2, **sizes
    )
    BertModel(config).save_pretrained(folder)
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    (folder / "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer"}))
    return folder


def test_the_plain_entry_serves_the_pages_and_the_key_opens_the_teachers_part(new_page, guarded):
    page = new_page("/", address=guarded)
    expect(page.locator("canvas").first).to_be_visible()
    navigation = page.get_by_test_id("stSidebarNav")
    navigation.get_by_role("link", name="Attention").click()  # which loads a model
    expect(page.get_by_text("All 72 heads")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Models").click()
    expect(page.get_by_text("Only the teacher may")).to_be_visible()
    unload = page.get_by_role("button", name="Unload").first
    expect(unload).to_be_disabled()
    key = page.get_by_label("Teacher key")
    key.fill("cheese")
    key.press("Enter")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("not the key")
    key.fill("chalk")
    key.press("Enter")
    expect(page.get_by_role("textbox", name="Hub name or folder")).to_be_visible()
    expect(unload).to_be_enabled()
    student = new_page("/models", address=guarded, faulty=True)  # the key is this session's own
    expect(student.get_by_label("Teacher key")).to_be_visible()


def test_two_sessions_in_two_languages_do_not_mix(new_page):
    english, chinese = new_page("/"), new_page("/", lang="zh")
    for word, character in [("wide", "宽"), ("tired", "累")]:
        english.get_by_role("radio", name=word).click()
        chinese.get_by_role("radio", name=character).click()
        expect(english.locator(".chip", has_text=word)).to_be_visible()
        expect(chinese.locator(".chip", has_text="它")).to_be_visible()
        expect(english.get_by_role("heading", level=1)).to_have_text("Look inside a language model")
        expect(chinese.get_by_role("heading", level=1)).to_have_text("看看语言模型里面")
    english.wait_for_url("**lang=en**")
    chinese.wait_for_url("**lang=zh**")


def test_a_model_opened_from_a_folder_is_offered_by_the_other_pages_until_forgotten(
    new_page, tmp_path
):
    folder = str(tiny_bert(tmp_path))
    page = new_page("/models")
    box = page.get_by_role("textbox", name="Hub name or folder")
    box.fill(folder)
    box.press("Enter")
    expect(page.get_by_test_id("stAlertContentSuccess")).to_contain_text("choose it on the pages")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Attention").click()
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name=folder).click()
    expect(page.get_by_text("All 2 heads")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Models").click()
    row = page.get_by_test_id("stHorizontalBlock").filter(has_text=folder)
    row.get_by_role("button", name="Unload").click()
    row.get_by_role("button", name="Forget").click()
    expect(page.get_by_text(folder)).to_have_count(0)


def test_a_fetch_that_fails_says_so_where_it_was_started_and_only_once(new_page):
    page = new_page("/models")
    box = page.get_by_role("textbox", name="Hub name or folder")
    box.fill("no/such-model")
    box.press("Enter")
    failed = page.get_by_test_id("stAlertContentError")
    expect(failed).to_contain_text("no/such-model was not fetched")
    expect(box).to_have_value("no/such-model")
    page.get_by_text("Models of the hub").click()
    expect(page.get_by_text("BERT base, Chinese")).to_be_visible()
    expect(failed).to_have_count(0)
    other = new_page("/models")
    expect(other.get_by_role("heading", name="Another model")).to_be_visible()
    expect(other.get_by_test_id("stAlertContentError")).to_have_count(0)
