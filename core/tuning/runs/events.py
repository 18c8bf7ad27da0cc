"""The curves of a run as an event file for TensorBoard."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from core.tuning.runs.points import STEP, Point


def event_file(points: Iterable[Point], *, started: float) -> bytes:
    """The curves through ``points`` as a file that TensorBoard reads, one scalar for each name.

    The store keeps no time of a step: every point bears the time ``started`` (seconds since 1970),
    so the axis of steps is the one to look at. A value that is no number stays one.
    """
    from tensorboardX.proto.event_pb2 import Event  # protobuf takes a while to import
    from tensorboardX.proto.summary_pb2 import Summary
    from tensorboardX.record_writer import RecordWriter

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events"
        writer = RecordWriter(str(path))
        try:
            begun = Event(wall_time=started, file_version="brain.Event:2")
            writer.write(begun.SerializeToString())
            for point in points:
                values = [
                    Summary.Value(tag=name, simple_value=value)
                    for name, value in point.items()
                    if name != STEP
                ]
                event = Event(
                    wall_time=started, step=int(point[STEP]), summary=Summary(value=values)
                )
                writer.write(event.SerializeToString())
        finally:
            writer.close()
        return path.read_bytes()
