"""The next token before and after temperature and top-p, then a greedy sentence."""

from core.generation import SamplingSettings, generate_steps
from core.models import load_model

model = load_model("smollm2-135m-instruct")
prompt = "The capital of France is"
greedy = SamplingSettings(greedy=True)
steps = list(generate_steps(model, prompt, settings=greedy, max_new_tokens=2))
print("greedy:", "".join(step.text for step in steps))
print("rank and probability of the first:", steps[0].rank, f"{steps[0].probability:.3f}")

drawn = SamplingSettings(temperature=1.0, top_p=0.9)
once = [
    step.token_id
    for step in generate_steps(model, prompt, settings=drawn, seed=7, max_new_tokens=5)
]
again = [
    step.token_id
    for step in generate_steps(model, prompt, settings=drawn, seed=7, max_new_tokens=5)
]
print("the same seed draws the same tokens:", once == again)
