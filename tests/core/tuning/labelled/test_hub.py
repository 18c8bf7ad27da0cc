"""Datasets of the hub: names, what is kept of them, and one sentence for what goes wrong."""

from __future__ import annotations

import json

import datasets
import pytest
from datasets.exceptions import DatasetNotFoundError
from huggingface_hub.errors import OfflineModeIsEnabled

from core.catalogue.fetching import silent
from core.errors import FetchError, InputError, NetworkError
from core.tuning.labelled.hub import read_hub, write_rows
from core.tuning.labelled.hub_faults import told
from core.tuning.labelled.hub_names import check_hub_name


@pytest.fixture
def dataset(tmp_path, monkeypatch):
    """A folder as the hub would hold it, with training and validation rows."""
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "train.csv").write_text("text,label\none,0\ntwo,1\n")
    (folder / "validation.csv").write_text("text,label\nthree,0\n")
    return folder


def test_training_and_validation_rows_are_kept_and_marked(dataset, tmp_path):
    file = tmp_path / "rows.jsonl"
    write_rows(str(dataset), "", file, silent)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert rows == [
        {"text": "one", "label": 0, "split": "train"},
        {"text": "two", "label": 1, "split": "train"},
        {"text": "three", "label": 0, "split": "validation"},
    ]


def test_labels_are_kept_by_name_and_what_is_no_table_is_left_out(tmp_path):
    features = datasets.Features(
        {
            "text": datasets.Value("string"),
            "label": datasets.ClassLabel(names=["bad", "good"]),
            "tags": datasets.List(datasets.ClassLabel(names=["N", "V"])),
            "picture": datasets.Value("binary"),
        }
    )
    columns = {"text": ["a", "b"], "label": [1, -1], "tags": [[0], [1, 0]], "picture": [b"", b""]}
    folder = tmp_path / "set"
    folder.mkdir()
    made = datasets.Dataset.from_dict(columns, features=features)
    made.to_parquet(folder / "train.parquet")
    file = tmp_path / "rows.jsonl"
    write_rows(str(folder), "", file, silent)
    assert [json.loads(line) for line in file.read_text().splitlines()] == [
        {"text": "a", "label": "good", "tags": ["N"]},
        {"text": "b", "label": None, "tags": ["V", "N"]},
    ]


def test_a_set_of_pictures_is_refused(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "a.png").write_bytes(b"\x89PNG")
    with pytest.raises(InputError, match="not stored as a table"):
        write_rows(str(tmp_path / "set"), "", tmp_path / "rows.jsonl", silent)


def test_what_was_fetched_once_is_read_without_the_hub(headlight_home):
    folder = headlight_home / "datasets" / "hub--owner--name--part"
    folder.mkdir(parents=True)
    (folder / "rows.jsonl").write_text('{"text": "one", "label": "a"}\n')
    table = read_hub("owner/name:part")
    assert table.name == "owner/name:part"
    assert list(table.rows) == [(1, ("one", "a"))]


def test_without_the_hub_one_sentence_says_so_and_nothing_is_kept(headlight_home):
    with pytest.raises(NetworkError, match=r"owner/name was not fetched.*catalogue"):
        read_hub("owner/name")
    assert not (headlight_home / "datasets" / "hub--owner--name").exists()


@pytest.mark.parametrize("name", ["../set", "/etc", "a/b/c", "a b", "", "a/../b", "a/b:", "here"])
def test_a_path_is_no_name_of_the_hub(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here").mkdir()
    with pytest.raises(InputError, match="owner/name"):
        check_hub_name(name)


def test_a_part_is_named_behind_a_colon():
    assert check_hub_name("nyu-mll/glue:sst2") == ("nyu-mll/glue", "sst2")
    assert check_hub_name("imdb") == ("imdb", "")


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (OfflineModeIsEnabled("x"), NetworkError, "HF_HUB_OFFLINE"),
        (ConnectionError("x"), NetworkError, "cannot be reached"),
        (DatasetNotFoundError("x"), InputError, "no dataset a/b"),
        (DatasetNotFoundError("a/b is a gated dataset"), FetchError, "terms"),
        (RuntimeError("Dataset scripts are no longer supported, but"), InputError, "not run"),
        (ValueError("Config name is missing. Pick one: x, y"), InputError, "a/b:part"),
        (ZeroDivisionError(), FetchError, "ZeroDivisionError"),
    ],
)
def test_what_goes_wrong_at_the_hub_is_one_sentence(error, kind, said):
    found = told(error, "a/b")
    assert type(found) is kind
    assert said in str(found)
