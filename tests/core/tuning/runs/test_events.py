"""The curves of a run as TensorBoard's own file, read back record by record."""

from __future__ import annotations

import math
import struct

from tensorboardX.crc32c import crc32c
from tensorboardX.proto.event_pb2 import Event

from core.tuning.runs.events import event_file


def masked(data):
    """The check sum of TensorFlow's record files: rotated, and a constant added."""
    found = crc32c(data)
    return ((found >> 15 | found << 17) + 0xA282EAD8) & 0xFFFFFFFF


def read_events(data):
    """The events of a file of records: length, its check sum, an event, its check sum."""
    events, at = [], 0
    while at < len(data):
        head, (length, check) = data[at : at + 8], struct.unpack("<QI", data[at : at + 12])
        body = data[at + 12 : at + 12 + length]
        (end,) = struct.unpack("<I", data[at + 12 + length : at + 16 + length])
        assert check == masked(head)
        assert end == masked(body)
        events.append(Event.FromString(body))
        at += 16 + length
    return events


def test_every_value_is_a_scalar_at_its_step():
    points = [{"step": 1, "loss": 0.5, "rate": 0.125}, {"step": 3, "loss": math.nan}]
    first, *events = read_events(event_file(points, started=1000.0))
    assert first.file_version == "brain.Event:2"
    told = [
        (event.step, value.tag, value.simple_value)
        for event in events
        for value in event.summary.value
    ]
    assert told[:2] == [(1, "loss", 0.5), (1, "rate", 0.125)]
    assert told[2][:2] == (3, "loss")
    assert math.isnan(told[2][2])
    assert {event.wall_time for event in events} == {1000.0}


def test_a_run_without_points_is_a_file_without_scalars():
    assert len(read_events(event_file([], started=0.0))) == 1
