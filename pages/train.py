"""Train: fine-tune a model in a process of its own, and watch it learn."""

from __future__ import annotations

from app.links import open_link, publish_link
from app.notes import what_am_i_looking_at
from app.train.rooms import show_rooms
from app.train.state import TRAIN
from core.language import _

open_link(TRAIN)
publish_link(TRAIN)
show_rooms()
what_am_i_looking_at(
    _(
        "Fine-tuning goes on training a model on examples of one task. The run is a process of "
        "its own: close the page and come back, it goes on. The training loss falls while the "
        "model fits the examples it reads; the validation loss tells whether it learns something "
        "that holds for others too. From nothing, all weights begin as random numbers and the "
        "tokenizer is made from the texts: the loss begins at that of guessing, ln V."
    )
)
