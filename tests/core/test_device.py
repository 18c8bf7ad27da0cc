"""Devices, number formats and memory."""

from __future__ import annotations

import pytest
import torch

from core import device
from core.device import available_memory, choose_device, choose_dtype, human_size, memory_report
from core.errors import InputError


def test_the_best_device_is_chosen_and_a_named_one_respected():
    assert choose_device().type in {"cuda", "mps", "cpu"}
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device(torch.device("cpu")).type == "cpu"


def test_without_accelerators_the_cpu_is_chosen(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert choose_device().type == "cpu"
    with pytest.raises(InputError, match="no device “cuda”: choose cpu"):
        choose_device("cuda")


@pytest.mark.parametrize("name", ["gpu", "", "cuda:x", "meta", "xpu"])
def test_a_name_that_is_no_device_is_refused_in_a_sentence(name):
    with pytest.raises(InputError, match="choose cuda, mps or cpu"):
        choose_device(name)


def test_a_number_that_is_not_there_is_refused():
    with pytest.raises(InputError, match="This machine has no device"):
        choose_device("cuda:99")
    with pytest.raises(InputError, match="cpu:1"):
        choose_device("cpu:1")


def test_models_up_to_a_billion_parameters_are_inspected_in_float32():
    assert choose_dtype(1_000_000_000) == torch.float32
    assert choose_dtype(1_000_000_001) == torch.bfloat16


def test_the_memory_report_adds_up():
    report = memory_report("cpu")
    assert (report.device, report.name) == ("cpu", "CPU")
    assert 0 < report.free <= report.total
    assert report.used == report.total - report.free
    assert 0 < available_memory("cpu") <= report.total


def test_the_limit_of_a_container_counts(tmp_path, monkeypatch):
    (tmp_path / "max").write_text("5000000\n")
    (tmp_path / "current").write_text("2000000\n")
    limits = ((tmp_path / "max", tmp_path / "current"),)
    monkeypatch.setattr(device, "_CONTAINER_LIMITS", limits)
    assert available_memory("cpu") == 3_000_000
    assert memory_report("cpu").total == 5_000_000
    (tmp_path / "max").write_text("max\n")
    assert memory_report("cpu").total > 5_000_000


@pytest.mark.parametrize("prefix", ["", "total_"])
def test_files_kept_in_memory_are_as_good_as_free_in_a_container(tmp_path, monkeypatch, prefix):
    (tmp_path / "max").write_text("5000000\n")
    (tmp_path / "current").write_text("4500000\n")
    stat = f"anon 1\n{prefix}inactive_file 1000000\n{prefix}active_file 2000000\n"
    (tmp_path / "memory.stat").write_text(stat)
    limits = ((tmp_path / "max", tmp_path / "current"),)
    monkeypatch.setattr(device, "_CONTAINER_LIMITS", limits)
    assert available_memory("cpu") == 3_500_000


def test_sizes_are_read_in_the_usual_units():
    assert (human_size(538_000_000), human_size(1_400_000_000)) == ("538 MB", "1.4 GB")
    assert (human_size(46_080), human_size(0)) == ("46 KB", "0 MB")
