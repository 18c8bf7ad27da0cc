"""Where one head of the built-in encoder looks from "it"."""

from core.attention import capture_attention
from core.models import load_model

model = load_model("minilm-l6")
capture = capture_attention(model, "The animal didn't cross the street because it was too tired.")
words = capture.tokens.texts
row = capture.head(3, 1)[words.index("it")]  # layer 3, head 1: one weight for each token
for place in row.argsort()[::-1][:3]:
    print(f"{words[place]:8} {row[place]:.3f}")
print("sum", round(float(row.sum()), 3))
