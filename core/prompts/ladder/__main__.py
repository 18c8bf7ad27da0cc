"""``python -m core.prompts.ladder``: measure the ladder that is shipped, and print its table.

A ladder that was interrupted goes on where it was, as long as ``--folder`` is the same.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.prompts.ladder.climbing import climb
from core.prompts.ladder.recorded import RECORDED, Ladder, as_markdown, write_recorded
from core.prompts.ladder.rungs import read_rungs
from core.prompts.ladder.spec import LadderSpec

DEFAULT = LadderSpec(
    model="minilm-l6-masked",
    template="{{ text }} It was [MASK].",
    words=(("negative", "terrible"), ("positive", "great")),
    dataset="movie-snippets",
)


class _Telling:
    """A watch that tells on standard error what is being measured."""

    def stopped(self) -> bool:
        return False

    def log(self, point: Mapping[str, float]) -> None:
        sys.stderr.write(f"{json.dumps(dict(point))}\n")

    def note(self, name: str, value: object) -> None:
        if name == "at":
            sys.stderr.write(f"{value}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m core.prompts.ladder", description="Measure the method ladder."
    )
    parser.add_argument("--labels", type=int, default=DEFAULT.labels, help="labelled examples")
    parser.add_argument("--test", type=int, default=DEFAULT.test, help="test rows")
    parser.add_argument("--tries", type=int, default=DEFAULT.tries, help="of the search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--folder", type=Path, help="where the work is kept meanwhile")
    parser.add_argument("--to", type=Path, default=RECORDED, help="the file to write")
    given = parser.parse_args(arguments)
    spec = LadderSpec.from_json(
        json.dumps(
            json.loads(DEFAULT.to_json())
            | {"labels": given.labels, "test": given.test, "tries": given.tries, "seed": given.seed}
        )
    )
    with tempfile.TemporaryDirectory() as spare:
        folder = given.folder or Path(spare)
        climb(spec, folder, _Telling())
        rungs = read_rungs(folder)
    ladder = Ladder(
        spec=spec,
        rungs=rungs,
        day=time.strftime("%Y-%m-%d"),
        machine=f"{platform.machine()}, {platform.system()}",
    )
    write_recorded(ladder, given.to)
    sys.stdout.write(as_markdown(ladder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
