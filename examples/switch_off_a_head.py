"""Switch one head off where a model repeats what it read: which head copies?"""

import numpy as np

from core.attention import ablate_heads
from core.models import load_model

model = load_model("smollm2-135m-instruct")
text = "lamp river seven cloud paper lamp river seven cloud"  # "paper" comes next
(paper,) = model.encode(" paper").ids
for head in (0, 3, 5):
    effect = ablate_heads(model, text, [(16, head)])
    before, after = np.exp(effect.baseline[paper]), np.exp(effect.ablated[paper])
    print(f"layer 16 head {head} off: paper {before:.2f} -> {after:.2f}")
