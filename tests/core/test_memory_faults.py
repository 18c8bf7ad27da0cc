"""That memory ran out is known by the words of each library."""

import errno

import pytest
import torch

from core.errors import BrokenModelError, TooLargeError
from core.memory_faults import is_memory_fault
from core.models.faults import broken_as_sentence

RAN_OUT = [
    MemoryError(),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("could not create a primitive"),
    RuntimeError("std::bad_alloc"),
    RuntimeError("can't start new thread"),
    ImportError("libx.so: cannot allocate memory in static TLS block"),
]
OTHER = [
    OSError(errno.ENOENT, "No such file or directory"),
    RuntimeError("could not create a primitive descriptor for the matmul primitive"),
    RuntimeError("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"),
    ImportError("No module named 'x'"),
    ValueError("out of memory"),
]


@pytest.mark.parametrize("error", RAN_OUT, ids=str)
def test_memory_that_ran_out_is_known(error):
    assert is_memory_fault(error)


@pytest.mark.parametrize("error", OTHER, ids=str)
def test_other_faults_are_not_taken_for_it(error):
    assert not is_memory_fault(error)


def test_an_allocation_too_large_really_raises_what_is_known():
    with pytest.raises(RuntimeError) as raised:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_memory_fault(raised.value)


@pytest.mark.parametrize("error", RAN_OUT, ids=str)
def test_a_model_for_which_memory_ran_out_is_too_large_not_broken(error):
    with pytest.raises(TooLargeError, match="m does not fit the memory"), broken_as_sentence("m"):
        raise error


def test_a_broken_model_is_still_broken():
    with pytest.raises(BrokenModelError, match="mat1"), broken_as_sentence("m"):
        raise OTHER[2]
