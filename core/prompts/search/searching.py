"""``search``: the run of a ``PromptSearchSpec``, one candidate after another.

Every candidate is kept in the run's folder; a search that is stopped or killed goes on with the
next one, and what it has worked out it does not work out again. What is drawn: the score of each
try and the best so far, and of each new best the score on rows that the search never sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import InputError
from core.language import _
from core.prompts.search.candidates import Candidate, Proposer, Scored, try_out
from core.prompts.search.instructions import InstructionProposer, propose_instructions
from core.prompts.search.kept import CANDIDATES, Lines, Thoughts, read_candidates, write_candidate
from core.prompts.search.mining import propose_mined
from core.prompts.search.scoring import PromptScorer
from core.prompts.search.spec import PromptSearchSpec
from core.prompts.search.triggers import propose_triggers
from core.prompts.table import Part, PromptTable, read_table
from core.prompts.template import Row
from core.prompts.verbalizer import Verbalizer
from core.prompts.writing import LABEL
from core.tuning.runs.watch import RunWatch

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


def search(spec: PromptSearchSpec, folder: Path, watch: RunWatch) -> None:
    """Do the search of ``spec`` in ``folder``; go on where an earlier attempt stopped.

    Raises what reading the rows, loading the model and scoring a prompt raise.
    """
    watch.note("preparing", {"share": 0.0, "step": _("Reading the rows")})
    table = read_table(dataset=spec.dataset, file=spec.file, label=spec.label or None)
    search_table(spec, table, folder, watch)


def search_table(spec: PromptSearchSpec, table: PromptTable, folder: Path, watch: RunWatch) -> None:
    """The search of ``spec`` on a table that is already read. See ``search``."""
    from core.models import load_model

    if not table.label:
        raise InputError(
            _("{name} has no column with labels to search by: choose one.").format(name=table.name)
        )
    folder.mkdir(parents=True, exist_ok=True)
    verbalizer = Verbalizer({label: list(words) for label, words in spec.words})
    rows = labelled_rows(table, "examples", spec.rows, seed=spec.seed)
    others = labelled_rows(table, "development", spec.held_out, seed=spec.seed)
    model = load_model(spec.model)
    score = PromptScorer(model, rows, verbalizer, stop=watch.stopped)
    check = PromptScorer(model, others, verbalizer, stop=watch.stopped)
    watch.note("steps", spec.tries)
    watch.note("rows", len(rows))
    watch.note("validation_rows", len(others))
    watch.note("label_names", list(verbalizer.labels))
    kept = read_candidates(folder)
    known = {candidate.template: candidate.score for candidate, _apart in kept}
    checked = {candidate.template: apart for candidate, apart in kept if apart is not None}
    lines = Lines(folder / CANDIDATES)
    proposals = _proposer(spec, model, table, rows, verbalizer, Thoughts(folder))
    best: Candidate | None = None
    for candidate in try_out(proposals, score, tries=spec.tries, known=known):
        apart = checked.get(candidate.template)
        if best is None or candidate.score.merit > best.score.merit:
            best = candidate
            if candidate.template not in known:
                apart = check(candidate.template)
                if apart is None:  # it was told to stop: the candidate is tried again
                    return
        if candidate.template not in known:
            write_candidate(lines, candidate, apart)
        _tell(watch, candidate, best, apart)
        if watch.stopped() and candidate.number < spec.tries:
            return


def labelled_rows(table: PromptTable, part: Part, count: int, *, seed: int) -> list[Row]:
    """``count`` rows of a part, drawn by ``seed``, their label in the column ``label``."""
    return [
        {**row, LABEL: row[table.label]}
        for row in table.chosen(table.sample(part, count, seed=seed))
    ]


def _proposer(
    spec: PromptSearchSpec,
    model: LanguageModel,
    table: PromptTable,
    rows: Sequence[Row],
    verbalizer: Verbalizer,
    thoughts: Thoughts,
) -> Proposer:
    """What thinks of the candidates: phrases come from the texts of all examples."""
    if spec.method == "triggers":
        return propose_triggers(
            model,
            spec.template,
            rows,
            verbalizer=verbalizer,
            candidates=spec.candidates,
            batch=spec.batch,
            seed=spec.seed,
            thoughts=thoughts,
        )
    if spec.method == "mining":
        return propose_mined(
            spec.template,
            [str(row[table.text]) for row in table.chosen(table.part("examples"))],
            verbalizer=verbalizer,
            causal=model.kind == "causal",
        )
    if not spec.proposals:
        return propose_instructions(spec.template, spec.instructions)

    from core.models import load_model

    proposing = model if spec.proposer == spec.model else load_model(spec.proposer)
    more = InstructionProposer(
        proposing, rows, verbalizer, column=table.text, seed=spec.seed, thoughts=thoughts
    )
    return propose_instructions(spec.template, spec.instructions, more, proposals=spec.proposals)


def _tell(watch: RunWatch, candidate: Candidate, best: Candidate, apart: Scored | None) -> None:
    """A point of the curves: this try, the best so far, and of a new best what it is worth."""
    point = {
        "step": float(candidate.number),
        "accuracy": candidate.score.accuracy,
        "loss": candidate.score.loss,
        "best": best.score.accuracy,
    }
    if apart is not None:
        point["held_out"] = apart.accuracy
    watch.log(point)
