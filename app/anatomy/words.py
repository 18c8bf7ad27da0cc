"""The nine steps in words: titles, formulas, what happens, and what this model does otherwise."""

from __future__ import annotations

from core.anatomy import LayerAnatomy, SumAnatomy
from core.language import _
from core.models.virtual import count_virtual


def step_titles() -> dict[str, str]:
    """What the steps are called."""
    return {
        "embed": _("Embeddings and positions"),
        "qkv": _("Query, key and value"),
        "scores": _("Scores"),
        "softmax": _("Mask and softmax"),
        "values": _("Weights × values"),
        "output": _("Heads together"),
        "norm": _("Add & Norm"),
        "ffn": _("Feed-forward"),
        "logits": _("Words"),
    }


def formula(anatomy: LayerAnatomy, step: str, *, letter: str, part: SumAnatomy) -> str:
    """The formula of a step, as this model has it, in LaTeX."""
    if step == "embed":
        return _embedding(anatomy)
    if step == "qkv":
        return _projection(anatomy, letter)
    if step == "scores":
        return _scores(anatomy)
    if step == "norm":
        return _sum(part, "F" if part.part == "feed_forward" else "O")
    if step == "ffn":
        return _feed_forward(anatomy)
    if step == "logits" and anatomy.vocabulary is None:
        rows, columns = anatomy.result.shape
        return rf"H \in \mathbb{{R}}^{{{rows} \times {columns}}}"
    return {
        "softmax": r"A = \mathrm{softmax}(S), \qquad "
        r"A_{ij} = \frac{e^{S_{ij}}}{\sum_{k} e^{S_{ik}}}",
        "values": r"\mathrm{head} = A\,V",
        "output": r"O = \mathrm{Concat}(\mathrm{head}_0, \dots, \mathrm{head}_{"
        f"{anatomy.heads - 1}"
        r"})\,W^O",
        "logits": r"P = \mathrm{softmax}(H\,W_{\mathrm{vocab}})",
    }[step]


def _embedding(anatomy: LayerAnatomy) -> str:
    own = anatomy.embedding
    roles = {part.role for part in own.parts}
    terms = [
        r"E_{\mathrm{token}}" if own.scale == 1 else rf"{own.scale:.2f}\,E_{{\mathrm{{token}}}}"
    ]
    if "position" in roles:
        terms.append(r"P_{\mathrm{position}}")
    if "type" in roles:
        terms.append(r"T_{\mathrm{type}}")
    total = " + ".join(terms)
    if own.normed is not None:
        total = rf"\mathrm{{LayerNorm}}({total})"
    return f"X = {total}" + (r"\,W" if own.mapped else "")


def _projection(anatomy: LayerAnatomy, letter: str) -> str:
    symbol = {"q": "Q", "k": "K", "v": "V"}[letter]
    own = anatomy.attention
    vectors = {"q": own.queries, "k": own.keys, "v": own.values}[letter]
    inputs = r"X_{\mathrm{encoder}}" if anatomy.stack == "cross" and letter != "q" else "X"
    before = anatomy.attention_sum.before
    made = rf"{symbol} = {inputs}\,W^{symbol}"
    if anatomy.attention_sum.arrangement in ("pre", "both") and before is not None:
        made += rf", \qquad X = \mathrm{{{before.kind}}}(X_{{\mathrm{{layer}}}})"
        if inputs != "X":
            made = rf"{symbol} = {inputs}\,W^{symbol}"
    if vectors.turned:
        made += rf", \qquad {symbol}_{{\mathrm{{rot}}}}[i] = R_i\,{symbol}[i]"
    return made


def _scores(anatomy: LayerAnatomy) -> str:
    own = anatomy.attention
    dim = own.queries.used.shape[2]
    turned = r"_{\mathrm{rot}}" if own.queries.turned else ""
    product = rf"Q{turned}K{turned}^{{\top}}"
    if own.scaling == 1:
        inside = product
    elif abs(own.scaling - dim**-0.5) < 1e-6:
        inside = rf"\frac{{{product}}}{{\sqrt{{d_k}}}}"
    else:
        inside = rf"{own.scaling:.4f}\,{product}"
    cap = own.record.softcap
    if cap is not None:
        inside = rf"{cap:g}\,\tanh\!\left(\frac{{1}}{{{cap:g}}}{inside}\right)"
    made = f"S = {inside}" + (" + B" if own.record.bias is not None else "")
    if own.scaling != 1:
        made += rf", \qquad \sqrt{{d_k}} = \sqrt{{{dim}}} = {dim**0.5:.2f}"
    return made


def _sum(part: SumAnatomy, made: str) -> str:
    norm = part.norm or part.before or part.after
    name = rf"\mathrm{{{norm.kind}}}" if norm is not None and norm.kind != "other" else "N"
    if part.arrangement == "post":
        return rf"X' = {name}(X + {made})"
    if part.arrangement == "after":
        return rf"X' = X + {name}({made}), \qquad {made} = {_inside(part)}(X)"
    if part.arrangement == "both":
        return rf"X' = X + {name}_2({made}), \qquad {made} = {_inside(part)}({name}_1(X))"
    if part.before is None:
        return rf"X' = X + {made}"
    return rf"X' = X + {made}, \qquad {made} = {_inside(part)}({name}(X))"


def _inside(part: SumAnatomy) -> str:
    return r"\mathrm{FFN}" if part.part == "feed_forward" else r"\mathrm{Attention}"


def _feed_forward(anatomy: LayerAnatomy) -> str:
    own = anatomy.feed_forward
    name = rf"\mathrm{{{own.activation}}}"
    inner = rf"{name}(X W_1)" if own.gate is None else rf"\left({name}(X W_g) \odot X W_1\right)"
    return rf"\mathrm{{FFN}}(X) = {inner}\,W_2"


def explanation(anatomy: LayerAnatomy, step: str, part: SumAnatomy) -> str:
    """What happens in a step, in two or three sentences; ``part`` is what Add & Norm is around."""
    norms = {
        "post": _(
            "What the part makes is added to what it was given, and the sum is normed: each row to "
            "mean 0 and spread 1, then stretched and shifted by what was learned."
        ),
        "pre": _(
            "What the part makes is added to the stream, which goes on as it is. The norm stands "
            "before the part: it worked on the normed rows."
        ),
        "both": _(
            "The part works on normed rows, and what it makes is normed once more before it is "
            "added to the stream."
        ),
        "after": _(
            "The part works on the stream as it is, and what it makes is normed before it is added "
            "to the stream."
        ),
        "none": _(
            "What the part makes is added to the stream. In this layer no norm stands around it: "
            "the embeddings were normed already."
        ),
    }
    return {
        "embed": _(
            "Each token's number picks a row of a table. What the rows say is the same in every "
            "text; the layers then mix in what stands around."
        ),
        "qkv": _(
            "Three matrices make three vectors of each token: the query asks, the key is what it "
            "is asked for, the value is what is passed on. A cell is the sum over a row of X and "
            "a column of W."
        ),
        "scores": _(
            "Each query is multiplied with each key: a row holds how well the token's question "
            "fits every other. Without the division large scores would grow with the number of "
            "dimensions."
        ),
        "softmax": _(
            "Softmax makes shares of a row of scores: each is at least 0, and they sum to 1. "
            "Cells that a token must not see count as −∞ and get nothing."
        ),
        "values": _(
            "Each row is a mean of the rows of V, weighted by the row of A. This is all that a "
            "head passes on."
        ),
        "output": _(
            "The heads stand side by side and meet one matrix. That is the same as a sum: each "
            "head adds its own output times its own rows of the matrix."
        ),
        "norm": norms.get(part.arrangement, norms["pre"]),
        "ffn": _(
            "Each token by itself: up into many neurons, through {activation}, and down again. "
            "Below are the neurons that are most active in this text."
        ).format(activation=anatomy.feed_forward.activation),
        "logits": _(
            "The last vector of a token is multiplied with a vector of every word; softmax makes "
            "shares of all words of these numbers."
        )
        if anatomy.vocabulary is not None
        else _(
            "This model has no vocabulary at its end: these vectors are its result, and a mean of "
            "them stands for the sentence. Choose a masked or causal model to see words."
        ),
    }[step]


def special_notes(anatomy: LayerAnatomy, step: str) -> list[str]:
    """What this model does otherwise than the formula says, in this step."""
    own, notes = anatomy.attention, []
    roles = {part.role for part in anatomy.embedding.parts}
    if step == "embed" and "position" not in roles:
        notes.append(
            _("Nothing is added for the position: it comes in at the queries and keys.")
            if own.queries.turned
            else _("Nothing is added for the position: it comes in as a bias of the scores.")
        )
    if step == "embed" and not anatomy.embedding.complete:
        notes.append(_("The tables shown do not add up to X: the model does more to them."))
    if step == "qkv":
        if own.queries.normed is not None:
            notes.append(
                _("Queries and keys are normed, those of all heads together, before they are cut.")
                if own.queries.together
                else _("Queries and keys are normed head by head before they are turned.")
            )
        if own.queries.turned:
            notes.append(
                _(
                    "Rotary positions turn each query and key by an angle that grows with its "
                    "position, so that a product tells the distance of two tokens."
                )
            )
        if anatomy.kv_heads < anatomy.heads:
            notes.append(
                _(
                    "Grouped heads: {heads} heads share {count} sets of keys and values, "
                    "{each} each."
                ).format(
                    heads=anatomy.heads,
                    count=anatomy.kv_heads,
                    each=anatomy.heads // anatomy.kv_heads,
                )
            )
    if step == "scores":
        if own.scaling == 1:
            notes.append(
                _("This model does not divide by √dₖ: its matrices were learned without it.")
            )
        if own.divided_ahead:
            notes.append(
                _("This model divides the queries before the product, which is the same number.")
            )
        if own.record.softcap is not None:
            notes.append(_("Scores are squeezed into ±{cap}.").format(cap=own.record.softcap))
    if step == "softmax" and not anatomy.causal and _hides_words(anatomy):
        notes.append(_("In this layer a token sees only a window around it."))
    if step in ("norm", "ffn") and anatomy.feed_forward_sum.arrangement == "parallel":
        notes.append(
            _("Attention and feed-forward stand beside each other here: both read the same X.")
        )
    return notes


def _hides_words(anatomy: LayerAnatomy) -> bool:
    """Whether a word cannot see all others. Virtual tokens may see only themselves: no window."""
    visible = anatomy.attention.record.visible  # (1 or head, query, key)
    if visible is None:
        return False
    words = slice(count_virtual(anatomy.tokens), None)
    return not bool(visible[:, words].all())
