"""LoRA: how many numbers it trains, and that it changes nothing before it learnt."""

import torch
from peft import LoraConfig, get_peft_model
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(0)
shape = {"hidden_size": 64, "intermediate_size": 128, "vocab_size": 500}
config = LlamaConfig(num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, **shape)
model = LlamaForCausalLM(config).eval()
ids = torch.arange(20)[None]
before = model(ids).logits

r = 8
lora = LoraConfig(r=r, target_modules=["q_proj", "v_proj"], task_type="CAUSAL_LM")
tuned = get_peft_model(model, lora).eval()
trained = sum(weight.numel() for weight in tuned.parameters() if weight.requires_grad)
by_formula = 2 * (r * (64 + 64) + r * (64 + 32))  # layers × Σ r (d_in + d_out)
print("trained:", trained, "of", sum(weight.numel() for weight in tuned.parameters()))
print("the formula:", by_formula)
print("before learning, the same:", torch.equal(tuned(ids).logits, before))
