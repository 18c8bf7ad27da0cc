"""Attention in ten lines, and the same from PyTorch."""

import torch

torch.manual_seed(0)
tokens, width, heads = 5, 32, 4
x = torch.randn(tokens, width)  # one vector for each token
query, key, value = (torch.randn(width, width) / width**0.5 for _ in range(3))


def split(matrix):
    """One matrix for each head: (head, token, dimension of a head)."""
    return (x @ matrix).view(tokens, heads, width // heads).transpose(0, 1)


q, k, v = split(query), split(key), split(value)
scores = q @ k.transpose(1, 2) / (width // heads) ** 0.5  # (head, query, key)
scores = scores.masked_fill(torch.ones(tokens, tokens).triu(1).bool(), -torch.inf)  # no peeking
weights = scores.softmax(dim=-1)
output = weights @ v

library = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
print("rows sum to 1:", torch.allclose(weights.sum(-1), torch.ones(heads, tokens)))
print("weight of a later token:", weights[0, 0, 1].item())
print("equal to the library:", torch.allclose(output, library, atol=1e-6))
