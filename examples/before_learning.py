"""A model that has learnt nothing guesses: its loss is ln V. Then it learns a page by heart."""

import math

import torch
from torch import nn

torch.manual_seed(0)
vocabulary, width = 1000, 32
model = nn.Sequential(nn.Embedding(vocabulary, width), nn.Linear(width, vocabulary))
for weight in model.parameters():
    nn.init.normal_(weight, std=0.02)  # as GPT-2 begins
tokens = torch.randperm(vocabulary)[:200]  # no word twice
text, following = tokens[:-1], tokens[1:]

loss = nn.functional.cross_entropy(model(text), following)
print(f"ln V {math.log(vocabulary):.3f}, loss {loss.item():.3f}")
optimizer = torch.optim.AdamW(model.parameters(), lr=0.05)
for _step in range(50):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(text), following)
    loss.backward()
    optimizer.step()
print("after 50 steps below 0.1:", loss.item() < 0.1)
