"""The models that runs made, among the models of this server: what they are called and what kind.

A run that ends while the app is up is there at the next look: nothing of this is kept.
"""

from __future__ import annotations

from app.train.store import runs
from core.language import _
from core.tuning.kept import KeptModel, find_kept, is_run_name, kept_models


def run_models() -> dict[str, KeptModel]:
    """The models that finished runs kept, by name (``run:ID``), the newest first."""
    return {kept.name: kept for kept in kept_models(runs())}


def run_titles() -> dict[str, str]:
    """Name → title: what the run is called, and what kind of model it made."""
    return {name: title_of(kept) for name, kept in run_models().items()}


def title_of(kept: KeptModel) -> str:
    """The run's name with the kind of its model, and the step of a checkpoint.

    Two runs of one name are told apart by the beginning of their id.
    """
    record = kept.record
    parts = [f"{record.name} · {record.id[:4]}", kind_words()[kept.kind]]
    if kept.step is not None:
        parts.append(_("step {step}").format(step=f"{kept.step:,}"))
    return " · ".join(parts)


def is_known_run(name: str) -> bool:
    """Whether ``name`` is a run's model on this server. Raises ModelNotFoundError where it is gone,
    not done, or no such step was kept."""
    return is_run_name(name) and bool(find_kept(name, runs()))


def kind_words() -> dict[str, str]:
    """What the kinds of model are called."""
    return {
        "encoder": _("encoder"),
        "masked": _("masked"),
        "causal": _("causal"),
        "seq2seq": _("encoder–decoder"),
        "": "",
    }
