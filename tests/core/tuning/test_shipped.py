"""The masked model that comes with Headlight, as everybody loads it."""

import json

import numpy as np
import pytest
import torch
from transformers import BertForMaskedLM, BertForNextSentencePrediction, pipeline

from core.catalogue import find_model
from core.catalogue.trained import stored_file
from core.models import load_model
from core.tuning import MaskingRule, mask_rows
from core.tuning.blocks import vocabulary_of
from core.tuning.masking import IGNORED

pytestmark = pytest.mark.models

SAMPLE = (
    "My sister came home late because her train did not leave the station on time.",
    "The government said that it would spend more money on schools and hospitals next year.",
    "He opened the window and looked down at the street, where two men were waiting for him.",
    "In the morning the children had breakfast with their mother and then walked to school.",
    "The police are looking for a man who took a car from the front of a house last night.",
    "A river is a large stream of water that flows across the land into the sea.",
    "The old woman sat by the fire and told them a story about the days of her youth.",
    "The company has agreed to pay a higher price for the land on the other side of the river.",
    "I do not know what he wants, but I am sure that he will not go away without it.",
    "After the war many people left the country and tried to find work in other places.",
    "The president will meet the leaders of the two countries in the city on Friday.",
    "She put the letter on the table and did not say a word to her husband.",
)
"""Written for this test; they stand in none of the texts that were trained on."""
FLOOR = 0.42
DRAWS = 12


@pytest.fixture(scope="module")
def model():
    return load_model("minilm-l6-masked", device="cpu")


@pytest.fixture(scope="module")
def entry():
    return find_model("minilm-l6-masked")


def _logits(model, **inputs):
    with torch.inference_mode():
        return model.network(**inputs).prediction_logits


def test_it_is_a_masked_model_with_the_shape_of_its_encoder(model):
    assert model.kind == "masked"
    assert (model.shape.layers, model.shape.heads, model.shape.vocab) == (6, 12, 30522)


def test_the_stored_weights_stay_small(entry):
    assert stored_file(entry).stat().st_size == entry.size < 12_000_000


def test_the_card_and_the_figures_are_those_of_the_stored_weights(entry):
    results = json.loads(stored_file(entry).with_suffix(".json").read_text("utf-8"))
    assert results["stored"]["sha256"] == entry.sha256
    assert results["stored"]["restored_sha256"] == entry.weights
    assert entry.sha256 in stored_file(entry).with_suffix(".md").read_text("utf-8")


def test_on_sentences_of_our_own_the_first_choice_is_often_right(model):
    """15 % chosen, 80/10/10, over several draws."""
    vocabulary = vocabulary_of(model.tokenizer)
    hits = []
    for text in SAMPLE:
        ids = np.array(model.tokenizer(text)["input_ids"])[None].repeat(DRAWS, axis=0)
        masked = mask_rows(ids, rule=MaskingRule(), vocabulary=vocabulary, seed=7)
        found = _logits(model, input_ids=torch.from_numpy(masked.input_ids)).argmax(-1).numpy()
        chosen = masked.labels != IGNORED
        hits += (found == masked.labels)[chosen].tolist()
    assert np.mean(hits) > FLOOR


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("We ate dinner at a small Italian [MASK].", "restaurant"),
        ("The president of the United [MASK] spoke to Congress.", "states"),
        ("She opened the [MASK] and walked into the room.", "door"),
    ],
)
def test_it_fills_a_mask_with_sense(model, text, word):
    inputs = model.tokenizer(text, return_tensors="pt")
    place = inputs["input_ids"][0].tolist().index(model.tokenizer.mask_token_id)
    best = _logits(model, **inputs)[0, place].topk(5).indices.tolist()
    assert word in model.tokenizer.convert_ids_to_tokens(best)


def test_it_gives_the_numbers_of_bert_for_masked_lm(model):
    """The folder loads in plain transformers, and fill-mask agrees to 1e-5."""
    text = "She opened the [MASK] and walked into the room."
    plain = BertForMaskedLM.from_pretrained(model.folder, local_files_only=True).eval()
    inputs = model.tokenizer(text, return_tensors="pt")
    ours = _logits(model, **inputs)
    with torch.inference_mode():
        theirs = plain(**inputs).logits
    assert torch.allclose(ours, theirs, atol=1e-4)
    best = pipeline("fill-mask", model=plain, tokenizer=model.tokenizer)(text)[0]
    place = inputs["input_ids"][0].tolist().index(model.tokenizer.mask_token_id)
    share = torch.softmax(ours[0, place], dim=-1)[best["token"]]
    assert float(share) == pytest.approx(best["score"], abs=1e-5)


def test_its_second_head_is_berts_own(model):
    """Index 0 is “is next”."""
    pair = ("He opened the door of the house.", "Inside the house there was nobody.")
    plain = BertForNextSentencePrediction.from_pretrained(model.folder, local_files_only=True)
    inputs = model.tokenizer(*pair, return_tensors="pt")
    with torch.inference_mode():
        ours = model.network(**inputs).seq_relationship_logits
        theirs = plain.eval()(**inputs).logits
    assert torch.allclose(ours, theirs, atol=1e-4)
