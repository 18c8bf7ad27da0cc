"""The logit lens: what each layer of a model would predict if it were the last."""

from core.lens.reading import LensReading, layer_logits, logit_lens

__all__ = ["LensReading", "layer_logits", "logit_lens"]
