import threading
import time

import pytest

from core.catalogue import FetchJobs
from core.errors import NetworkError


def _until(check, seconds=5.0):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def slow():
    """A fetch that goes on until it is told to end, and counts how often it began."""

    class Slow:
        def __init__(self):
            self.calls, self.end = 0, threading.Event()

        def __call__(self, _id, progress):
            self.calls += 1
            while not self.end.wait(0.01):
                progress(0.5, "half")

    made = Slow()
    yield made
    made.end.set()


def test_starting_twice_joins_the_running_fetch(slow):
    jobs = FetchJobs(slow)
    jobs.start("a")
    _until(lambda: jobs.get("a").fraction == 0.5)
    assert jobs.start("a").state == "running"
    slow.end.set()
    _until(lambda: jobs.get("a").state == "done")
    assert slow.calls == 1
    assert jobs.get("a").fraction == 1.0


def test_a_stop_is_noticed_within_a_second(slow):
    jobs = FetchJobs(slow)
    jobs.start("a")
    jobs.stop("a")
    _until(lambda: jobs.get("a").state == "stopped", 1.0)
    assert jobs.get("a").error is None


def test_after_a_stop_it_can_be_started_again(slow):
    jobs = FetchJobs(slow)
    jobs.start("a")
    jobs.stop("a")
    _until(lambda: jobs.get("a").state == "stopped")
    slow.end.set()
    jobs.start("a")
    _until(lambda: jobs.get("a").state == "done")


def test_a_failure_is_told_as_its_sentence():
    def fail(_id, _progress):
        raise NetworkError("The index cannot be reached.")

    jobs = FetchJobs(fail)
    jobs.start("a")
    _until(lambda: jobs.get("a").state == "failed")
    assert jobs.get("a").error == "The index cannot be reached."


def test_a_fault_of_ours_is_logged_and_told_in_a_sentence(caplog):
    def fail(_id, _progress):
        raise ZeroDivisionError

    jobs = FetchJobs(fail)
    jobs.start("a")
    _until(lambda: jobs.get("a").state == "failed")
    assert "fault of Headlight" in jobs.get("a").error
    assert "ZeroDivisionError" in caplog.text


def test_what_was_never_started_is_none_and_can_be_stopped():
    jobs = FetchJobs()
    jobs.stop("a")
    assert jobs.get("a") is None
    assert jobs.all() == ()
