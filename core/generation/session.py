"""Models going on with a text, with a look inside each step.

Steps are drawn and taken back in ``core.generation.stepping``; the model is run in
``core.generation.reading``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from core.attention.capture import AttentionCapture, capture_attention
from core.attention.stack import AttentionStack
from core.errors import InputError
from core.generation.attending import last_row
from core.generation.own_rules import OwnRules
from core.generation.prompt import LeftCut, chosen_tokens, read_prompt
from core.generation.reading import CachedReading
from core.generation.settings import SamplingSettings
from core.generation.source import read_source
from core.generation.stepping import SteppingSession
from core.generation.steps import GenerationStep
from core.language import _
from core.tokens import Tokens

if TYPE_CHECKING:
    from core.models.language_model import LanguageModel


class GenerationSession(SteppingSession):
    """A causal model going on with ``prompt``, one token at a time.

    A step is drawn by ``settings`` with a source of chance of its own, made of ``seed`` and the
    step's number: the same prompt, settings and seed give the same tokens, after ``back`` and in a
    branch too. With ``special``, special tokens typed in the prompt are special; else they are
    text. ``room`` is how many places are made where the prompt is past the limit and cut from the
    left, which ``cut`` tells. Keys and values are kept between steps within a bound that all
    sessions share, and are made again where they were given back. Steps of several sessions (each
    in its own thread) are computed together.

    Raises TextError for an empty prompt, UnsupportedError for a model that is not causal.
    """

    def __init__(
        self,
        model: LanguageModel,
        prompt: str | Tokens,
        *,
        settings: SamplingSettings | None = None,
        seed: int = 0,
        special: bool = False,
        top_k: int = 10,
        room: int = 40,
        steps: Sequence[GenerationStep] = (),
    ) -> None:
        read = read_prompt(model, prompt, special=special, room=room)
        self.cut: LeftCut | None = read.cut
        """What of the prompt was left out."""
        super().__init__(
            model,
            read.tokens,
            CachedReading(model),
            settings=settings,
            seed=seed,
            top_k=top_k,
            rules=OwnRules(model, len(read.tokens), penalty=False),
            steps=steps,
        )

    def attention(
        self,
        position: int | None = None,
        *,
        layers: Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
    ) -> AttentionCapture:
        """What the token at ``position`` looks at, by default the last. (query: that one)

        The token of a step was chosen by the row of the position before its own. Only a step long
        past or given back costs a forward pass.
        """
        place = self._place(position)
        tokens = self._tokens_to(place)
        stack = self._reading.attention(tokens.ids, "self", layers, heads)
        if stack is None:
            return capture_attention(
                self._model, tokens, layers=layers, heads=heads, queries=[place]
            )
        return AttentionCapture(
            model=self._model.id,
            kind=self._model.kind,
            tokens=tokens,
            queries_kept=(place,),
            main=stack,
        )

    def _tokens_to(self, place: int) -> Tokens:
        """The tokens up to and with the one at ``place``."""
        count = place + 1 - len(self._start)
        if count >= 0:
            return self.tokens_before(count)
        return chosen_tokens(self._start, range(place + 1))


class EncoderDecoderSession(SteppingSession):
    """An encoder–decoder model writing from ``source``, one token at a time.

    As GenerationSession, but the encoder reads the whole ``source`` once, and the decoder begins
    with its start token alone. What the model demands of its first tokens (a language's, say) holds
    as in ``generate`` of transformers; what it demands of the last does not, since nobody knows
    which that will be. ``source_tokens`` is the source as it was read, ``source_tokens.cut`` what
    of it was left out. Raises TextError for an empty source, UnsupportedError for a model that is
    not of this kind.
    """

    def __init__(
        self,
        model: LanguageModel,
        source: str | Tokens,
        *,
        settings: SamplingSettings | None = None,
        seed: int = 0,
        special: bool = False,
        top_k: int = 10,
        steps: Sequence[GenerationStep] = (),
    ) -> None:
        self.source_tokens: Tokens = read_source(model, source, special=special)
        """What the encoder reads."""
        start = model.encode_target(None)
        super().__init__(
            model,
            start,
            CachedReading(model, self.source_tokens),
            settings=settings,
            seed=seed,
            top_k=top_k,
            rules=OwnRules(model, len(start), source=self.source_tokens, penalty=False),
            steps=steps,
        )

    def attention(
        self,
        position: int | None = None,
        *,
        which: Literal["cross", "decoder"] = "cross",
        layers: Sequence[int] | None = None,
        heads: Sequence[int] | None = None,
    ) -> AttentionStack:
        """What the decoder's token at ``position`` looks at, by default the last. (query: that one)

        In the source ("cross", keys: ``source_tokens``) or among the decoder's own tokens so far
        ("decoder"). The encoder's own attention is the same in every step:
        ``capture_attention(model, source_tokens)``.
        """
        place = self._place(position)
        tokens = self.tokens_before(place)
        stack = self._reading.attention(tokens.ids, which, layers, heads)
        if stack is not None:
            return stack
        whole = capture_attention(
            self._model, self.source_tokens, tokens, layers=layers, heads=heads
        )
        found = whole.cross if which == "cross" else whole.decoder
        if found is None:
            raise InputError(_("No layer of the decoder was chosen: choose at least one."))
        return last_row(found)
