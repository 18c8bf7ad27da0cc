"""The network that is trained: BERT with both of its heads, on an encoder that has none.

The masked head is applied at the chosen positions only: the logits of a whole batch would take
eight times the memory and most of the time. How it is optimised is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import BertForPreTraining

ARCHITECTURE: Final = "BertForPreTraining"
_HEAD: Final = ("cls.", "bert.pooler.")


class MaskedLearner(BertForPreTraining):  # type: ignore[misc] # transformers is not typed
    """``BertForPreTraining`` that reads chosen positions and gives the loss.

    The loss is the mean over chosen tokens of −log p(token) plus, where the rows are pairs, the
    mean over rows of −log p(label), as in BERT. Its weights carry transformers' own names.
    """

    def forward(
        self,
        input_ids: Tensor,
        positions: Tensor,
        labels: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        next_sentence_label: Tensor | None = None,
    ) -> dict[str, Tensor]:
        """``loss``, and the ``logits`` (chosen, vocab); ``next_sentence`` (row, 2) for pairs."""
        states = self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        )
        hidden = states.last_hidden_state  # (row, token, hidden)
        chosen = hidden.flatten(0, 1)[positions]  # (chosen, hidden)
        logits = self.cls.predictions(chosen)  # (chosen, vocab)
        masked_loss = nn.functional.cross_entropy(logits.float(), labels)
        found = {"masked_loss": masked_loss.detach(), "logits": logits.detach()}
        if next_sentence_label is None:
            return {"loss": masked_loss, **found}
        pooled = self.cls.seq_relationship(states.pooler_output)  # (row, 2)
        pair_loss = nn.functional.cross_entropy(pooled.float(), next_sentence_label)
        found |= {"pair_loss": pair_loss.detach(), "next_sentence": pooled.detach()}
        return {"loss": masked_loss + pair_loss, **found}

    def save_pretrained(self, save_directory: str | Path, **options: object) -> None:
        """Save it as the BERT that it is: its own class is known here alone."""
        super().save_pretrained(save_directory, **options)
        path = Path(save_directory) / "config.json"
        config = json.loads(path.read_text("utf-8")) | {"architectures": [ARCHITECTURE]}
        path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")

    def body(self) -> Iterator[nn.Parameter]:
        """What is trained of the encoder: its layers. The embeddings stay as they came."""
        return iter(self.bert.encoder.parameters())

    def head(self) -> Iterator[nn.Parameter]:
        """What is trained of the heads, which are new: all but the tied word embeddings."""
        for name, weight in self.named_parameters():
            if name.startswith(_HEAD) and weight.requires_grad:
                yield weight


def new_learner(
    folder: Path, *, seed: int, token_counts: npt.NDArray[np.int64] | None = None
) -> MaskedLearner:
    """The encoder in ``folder`` with fresh heads; its embeddings take no gradient.

    The masked head begins as the identity. With ``token_counts`` (vocab,), how often each token
    stands in the training text, its bias begins at their log-probabilities. No dropout: no row is
    read often enough to be learnt by heart.
    """
    torch.manual_seed(seed)
    learner = trained_learner(folder)
    with torch.no_grad():
        nn.init.eye_(learner.cls.predictions.transform.dense.weight)
        nn.init.zeros_(learner.cls.predictions.transform.dense.bias)
        if token_counts is not None:
            share = (token_counts + 0.1) / (token_counts + 0.1).sum()
            bias = torch.from_numpy(np.log(share)).float()
            learner.cls.predictions.bias.copy_(bias - bias.mean())
    return learner


def trained_learner(folder: Path) -> MaskedLearner:
    """The masked model in ``folder``, ready to be trained on; its embeddings take no gradient."""
    learner: MaskedLearner = MaskedLearner.from_pretrained(
        folder,
        dtype=torch.float32,
        attn_implementation="eager",  # half the time of the fused kernel's backward on a CPU
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        local_files_only=True,
    )
    learner.tie_weights()
    learner.bert.embeddings.requires_grad_(requires_grad=False)
    return learner
