"""Generation: what a step costs, a moved slider, an idle session, and eight sessions together."""

from __future__ import annotations

import gc
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import torch
from transformers import AutoModelForCausalLM, DynamicCache

from benchmarks.report import Table, interleaved_seconds, seconds, size
from benchmarks.texts import text_of
from core.generation import (
    GenerationSession,
    SamplingSettings,
    filtered_distribution,
    go_on,
)
from core.models import LanguageModel, load_model

MODEL = "smollm2-135m-instruct"
VOCABULARY = 49_152
GREEDY = SamplingSettings(greedy=True)
SAMPLED = SamplingSettings(temperature=0.8, top_k=100, top_p=0.9, min_p=0.01)
SESSIONS = 8
STEPS_EACH = 16


def measure() -> list[Table]:
    """Everything, with the built-in causal model on the CPU."""
    model = load_model(MODEL, device="cpu")
    model.network.generation_config.eos_token_id = None  # no text ends before it is measured
    return [_step(model), _waiting(model), _together(model)]


def _step(model: LanguageModel) -> Table:
    """A step with its capture against a bare pass, near the start and far on."""
    bare = AutoModelForCausalLM.from_pretrained(model.folder, dtype=model.dtype)
    rows, ours = [], {}
    for number in (10, 500):
        theirs, ours[number] = _step_seconds(model, bare.eval(), number)
        share = f"{ours[number] / theirs:.2f}×"
        rows.append((f"token {number}", seconds(theirs), seconds(ours[number]), share))
    slower = f"{ours[500] / ours[10]:.2f}×"
    rows.append(("token 500 against token 10", "", slower, ""))
    return Table(
        title="A step of generation",
        about=(
            "One token more, sampled, with the attention of all layers and heads captured, against "
            "a bare forward pass of transformers with its cache. Aims: at most 1.15×, and token "
            "500 at most 1.3× token 10."
        ),
        head=("what", "bare pass", "step", "ratio"),
        rows=tuple(rows),
    )


@torch.inference_mode()
def _step_seconds(model: LanguageModel, bare: torch.nn.Module, number: int) -> tuple[float, float]:
    """The median seconds of a bare pass and of a step around the token ``number``, in turn."""
    rounds = 16
    ids = model.encode(text_of(model, number - rounds // 2 + 1)).ids
    session = GenerationSession(model, model.reader.read_ids(ids[:1]), settings=SAMPLED)
    session.replay(ids[1:])
    session.distribution()
    cache = DynamicCache(config=bare.config)
    read = torch.tensor([session.tokens.ids])
    bare(input_ids=read, past_key_values=cache, use_cache=True)
    theirs, ours = [], []
    for _round in range(rounds):
        start = time.perf_counter()
        last = session.step()
        session.attention()  # reads the new token and keeps what it looks at
        ours.append(time.perf_counter() - start)
        start = time.perf_counter()
        token = torch.tensor([[last.token_id]])
        bare(input_ids=token, past_key_values=cache, use_cache=True).logits[0, -1].argmax()
        theirs.append(time.perf_counter() - start)
    return statistics.median(theirs), statistics.median(ours)


def _waiting(model: LanguageModel) -> Table:
    """What somebody waits for, and what an idle session holds."""
    logits = np.random.default_rng(0).normal(0, 3, VOCABULARY).astype(np.float32)
    previous = list(range(256))
    every = replace(SAMPLED, repetition_penalty=1.1)
    flat = SamplingSettings(temperature=5.0, top_p=0.95)  # tens of thousands of tokens to sort
    session = GenerationSession(model, text_of(model, 200), settings=SAMPLED)
    list(go_on(session, 56))
    session.distribution()
    held = session.nbytes
    path = session.path

    def again() -> None:
        other = GenerationSession(model, session.prompt_tokens, settings=SAMPLED)
        other.replay(path)

    taken = interleaved_seconds(
        {
            "distribution, all settings": lambda: filtered_distribution(logits, every, previous),
            "distribution, flat, top-p": lambda: filtered_distribution(logits, flat, previous),
            "distribution of a past step": lambda: session.distribution(3),
            f"replay of {len(path)} tokens": again,
        },
        rounds=5,
    )
    aims = {name: "15 ms" for name in taken if "settings" in name or "flat" in name}
    rows = [(name, seconds(took), aims.get(name, "")) for name, took in taken.items()]
    rows.append(("memory of an idle session, 256 tokens", size(held), "20 MB"))
    return Table(
        title="Generation",
        about=f"float32 on the CPU, a vocabulary of {VOCABULARY:,}.",
        head=("what", "taken", "aim"),
        rows=tuple(rows),
    )


def _together(model: LanguageModel) -> Table:
    """Eight sessions at once against one after another."""
    texts = [f"{number}. {text_of(model, 32)}" for number in range(SESSIONS)]

    def sessions() -> list[GenerationSession]:
        made = [GenerationSession(model, text, settings=GREEDY) for text in texts]
        for session in made:
            session.step()
        return made

    def run(session: GenerationSession) -> tuple[int, ...]:
        list(go_on(session, STEPS_EACH))
        return session.path

    alone, together, same = [], [], True
    for _round in range(5):
        gc.collect()
        waiting = sessions()
        start = time.perf_counter()
        expected = [run(session) for session in waiting]
        alone.append(time.perf_counter() - start)
        waiting = sessions()
        with ThreadPoolExecutor(SESSIONS) as threads:
            start = time.perf_counter()
            found = list(threads.map(run, waiting))
            together.append(time.perf_counter() - start)
        same = same and found == expected
    one, other = statistics.median(alone), statistics.median(together)
    count = SESSIONS * STEPS_EACH
    return Table(
        title=f"{SESSIONS} sessions of one model",
        about=f"{STEPS_EACH} greedy steps each after 34 tokens. Aim: at least 4× faster.",
        head=("what", "tokens a second", "the same tokens"),
        rows=(
            ("one after another", f"{count / one:.0f}", ""),
            ("together, a thread each", f"{count / other:.0f}", "yes" if same else "no"),
            ("faster", f"{one / other:.1f}×", ""),
        ),
    )
