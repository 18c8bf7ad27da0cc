"""Both faults of transformers' Trainer, as they are there, and that a run has neither.

facts.md: accumulation n multiplies the loss of BERT and its kin by n; GPT-2's loss comes out
× (L − 1) / L. Where a version of the library mends one, its test here fails and says so.
"""

import pytest
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    GPT2Config,
    GPT2LMHeadModel,
    PrinterCallback,
    Trainer,
    TrainingArguments,
)

LENGTH, ROWS = 10, 4
NO_DROPOUT = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


@pytest.fixture
def bert():
    torch.manual_seed(0)
    sizes = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4}
    return BertForMaskedLM(
        BertConfig(
            vocab_size=60, intermediate_size=64, max_position_embeddings=32, **sizes, **NO_DROPOUT
        )
    )


@pytest.fixture
def gpt2():
    torch.manual_seed(0)
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=60, n_positions=32, n_embd=32, n_layer=2, n_head=4,
            resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0, bos_token_id=1, eos_token_id=1,
        )
    )  # fmt: skip


def rows():
    ids = torch.randint(5, 60, (ROWS, LENGTH), generator=torch.Generator().manual_seed(1))
    return [
        {"input_ids": row, "attention_mask": torch.ones_like(row), "labels": row.clone()}
        for row in ids
    ]


def first_loss(network, data, folder, *, accumulation=1, mended=False):
    """The loss that Trainer logs for one step of all rows."""
    trainer = Trainer(
        model=network,
        args=TrainingArguments(
            output_dir=str(folder),
            max_steps=1,
            per_device_train_batch_size=ROWS // accumulation,
            gradient_accumulation_steps=accumulation,
            learning_rate=1e-9,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            use_cpu=True,
            disable_tqdm=True,
            dataloader_pin_memory=False,
        ),
        train_dataset=data,
    )
    trainer.remove_callback(PrinterCallback)
    if mended:
        trainer.model_accepts_loss_kwargs = False
    trainer.train()
    return next(each["loss"] for each in trainer.state.log_history if "loss" in each)


def own_loss(network, data):
    batch = {name: torch.stack([row[name] for row in data]) for name in data[0]}
    with torch.no_grad():
        return float(network.eval()(**batch).loss)


def test_accumulation_multiplies_bert_s_loss_unless_it_is_mended(bert, tmp_path):
    data = rows()
    plain = own_loss(bert, data)
    assert first_loss(bert, data, tmp_path) == pytest.approx(plain, rel=1e-4)
    assert first_loss(bert, data, tmp_path, accumulation=4) == pytest.approx(4 * plain, rel=1e-4)
    mended = first_loss(bert, data, tmp_path, accumulation=4, mended=True)
    assert mended == pytest.approx(plain, rel=1e-4)


def test_gpt_2_s_loss_comes_out_smaller_unless_the_first_label_is_left_out(gpt2, tmp_path):
    data = rows()
    plain = own_loss(gpt2, data)
    assert first_loss(gpt2, data, tmp_path) == pytest.approx(
        plain * (LENGTH - 1) / LENGTH, rel=1e-4
    )
    for row in data:
        row["labels"][0] = -100
    assert first_loss(gpt2, data, tmp_path) == pytest.approx(plain, rel=1e-4)
