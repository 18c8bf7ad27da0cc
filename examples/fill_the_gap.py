"""What a masked model expects behind [MASK]."""

from core.masked import predict_masks
from core.models import load_model

model = load_model("minilm-l6-masked")
text = "The capital of France is the [MASK] of Paris."
(mask,) = predict_masks(model, text, top_k=3)
for word, probability in zip(mask.texts, mask.probabilities, strict=True):
    print(f"{word:10} {probability:.3f}")
