"""Each script runs in a process of its own and prints what core gives here."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from core.attention import (
    ablation_wall,
    attention_region,
    capture_attention,
    choose_target,
    combined_heads,
    generate_and_capture,
    mean_outputs,
    sentences,
)
from core.export import ablation_script, attention_script, generated_script
from core.models import load_model

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
SENTENCE = "The animal didn't cross the street because it was too tired."
ATTACK = '"""\'); import os; os.abort()  # \\\n中文'


@pytest.fixture(scope="module")
def minilm():
    return load_model("minilm-l6", device="cpu")


DRIVER = """
import contextlib, io, json, sys
for line in sys.stdin:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(json.loads(line), {"__name__": "__main__"})
    print(json.dumps(out.getvalue()), flush=True)
"""


@pytest.fixture(scope="module")
def run():
    """Runs a script in a process apart, in a namespace of its own; starting one takes seconds."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", DRIVER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )

    def printed(script):
        process.stdin.write(json.dumps(script) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, "the script raised an error, which stands above"
        return [line.split("\t") for line in json.loads(answer).splitlines()]

    with process:
        yield printed
        process.stdin.close()


def matrix(weights, queries, keys):
    rows = [[f"{weight:.3f}" for weight in row] for row in weights]
    return [["", *keys], *([label, *row] for label, row in zip(queries, rows, strict=True))]


@pytest.mark.models
def test_the_script_of_a_head_prints_its_weights(minilm, run):
    capture = capture_attention(minilm, SENTENCE)
    labels = capture.tokens.labels
    printed = run(attention_script("minilm-l6", SENTENCE, layer=3, head=1))
    assert printed == matrix(capture.head(3, 1), labels, labels)
    assert printed[11][0] == "it"
    assert float(printed[11][3]) == pytest.approx(0.68, abs=0.005)  # interface.md: it → animal


@pytest.mark.models
def test_the_script_of_a_part_of_a_pair_prints_that_part(minilm, run):
    capture = capture_attention(minilm, SENTENCE, "It slept.")
    region = attention_region(
        capture.head(2, 5), capture.tokens, part="ab", specials=False, renormalise=True
    )
    labels = capture.tokens.labels
    options = {"part": "ab", "specials": False, "renormalise": True, "limit": 512}
    printed = run(attention_script("minilm-l6", SENTENCE, "It slept.", layer=2, head=5, **options))
    queries, keys = ([labels[i] for i in axis] for axis in (region.queries, region.keys))
    assert printed == matrix(region.weights, queries, keys)


@pytest.mark.models
def test_the_script_of_an_ablation_prints_every_effect(minilm, run):
    target = choose_target(minilm, minilm.encode(SENTENCE), position=10)
    wall = ablation_wall(minilm, SENTENCE, target=target)
    printed = run(ablation_script("minilm-l6", SENTENCE, target=target, limit=512))
    effects = [[float(value) for value in row[1:]] for row in printed[1:]]
    assert effects == pytest.approx(wall.effects, abs=0.0011)  # the last decimal may round
    assert printed[0] == ["vector 'it' at token 10"]


@pytest.mark.models
def test_the_script_of_an_ablation_by_the_mean_computes_the_mean(minilm, run):
    means = mean_outputs(minilm, sentences("en"))
    wall = ablation_wall(minilm, "It was tired.", replacement="mean", means=means)
    printed = run(ablation_script("minilm-l6", "It was tired.", replacement="mean"))
    effects = [[float(value) for value in row[1:]] for row in printed[1:]]
    assert effects == pytest.approx(wall.effects, abs=0.0011)


@pytest.mark.models
def test_the_script_of_a_generation_prints_its_text_and_the_new_rows(run):
    model = load_model("smollm2-135m-instruct", device="cpu")
    prompt = "The capital of France is"
    found = generate_and_capture(model, prompt, max_new_tokens=4)
    labels = found.capture.tokens.labels
    script = generated_script("smollm2-135m-instruct", prompt, layer=2, head=3, max_new_tokens=4)
    text, *printed = run(script)
    assert text == [repr(found.text)]
    new = slice(found.first, None)
    assert printed == matrix(found.capture.head(2, 3)[new], labels[new], labels)


@pytest.mark.parametrize("stack", ["decoder", "cross"])
def test_the_script_of_an_encoder_decoder_model_prints_its_other_stacks(model_folder, stack, run):
    folder = str(model_folder("bart"))
    capture = capture_attention(load_model(folder, device="cpu"), "The animal", "the street")
    queries, keys = capture.query_tokens(stack).labels, capture.key_tokens(stack).labels
    script = attention_script(folder, "The animal", "the street", layer=1, head=0, stack=stack)
    assert run(script) == matrix(capture.stack(stack).head(1, 0), queries, keys)


@pytest.mark.models
@pytest.mark.parametrize("heads", ["layer_mean", "layer_max", "all_mean", "all_max"])
def test_the_script_of_many_heads_as_one_prints_them_together(minilm, run, heads):
    capture = capture_attention(minilm, "It was tired.")
    places = [(3, head) for head in range(12)] if heads.startswith("layer") else None
    together = combined_heads(capture, places, how=heads.rpartition("_")[2])
    labels = capture.tokens.labels
    printed = run(attention_script("minilm-l6", "It was tired.", layer=3, head=1, heads=heads))
    assert printed == matrix(together, labels, labels)


@pytest.mark.parametrize("stack", ["self", "decoder", "cross"])
def test_the_scripts_of_a_model_that_wrote_the_target_itself_let_it_write(model_folder, stack, run):
    folder = str(model_folder("bart"))
    model = load_model(folder, device="cpu")
    capture = generate_and_capture(model, "The animal", max_new_tokens=5, limit=64).capture
    queries, keys = capture.query_tokens(stack).labels, capture.key_tokens(stack).labels
    options = {"stack": stack, "limit": 64, "answer": 5}
    script = attention_script(folder, "The animal", layer=1, head=0, **options)
    assert run(script) == matrix(capture.stack(stack).head(1, 0), queries, keys)
    wall = ablation_wall(model, capture.tokens, capture.decoder_tokens, stack=stack)
    script = ablation_script(folder, "The animal", target=wall.target, **options)
    effects = [[float(value) for value in row[1:]] for row in run(script)[1:]]
    assert effects == pytest.approx(wall.effects, abs=0.0011)


@pytest.mark.parametrize("make", [attention_script, ablation_script, generated_script])
def test_no_text_can_become_code(make, provenance):
    place = {} if make is ablation_script else {"layer": 0, "head": 0}
    script = make(ATTACK, ATTACK, **place, provenance=provenance)
    tree = ast.parse(script)
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert texts.count(ATTACK) == 2
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert "os" not in names


def test_a_script_names_its_provenance_in_comments(provenance):
    script = attention_script("minilm-l6", "x", layer=0, head=0, provenance=provenance)
    assert script.startswith("# model: minilm-l6\n# weights: 53aa")
