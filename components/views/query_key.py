"""Why one query looks where it looks: q, q × k for each dimension, score and softmax of every key.

Query and keys travel as float32; the products are made in the browser.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st

from components.views.message import Json, encode_message
from components.views.saving import saving_texts
from components.views.selection import tell_selection
from components.views.view import register_view, show
from core.language import _

if TYPE_CHECKING:
    from core.attention.query_key import QueryKeyDetail

Order = Literal["position", "weight"]

_mount = register_view(
    "query_key", "row_frame.js", "query_key_painting.js", "query_key_pointing.js"
)


def query_key(
    detail: QueryKeyDetail,
    query_label: str,
    key_labels: Sequence[str],
    *,
    key: str,
    title: str,
    special_keys: Sequence[int] = (),
    selected_key: int | None = None,
    on_select: Callable[[int], None] | None = None,
    selectable: bool = False,
    order: Order = "position",
    source: str = "",
) -> int | None:
    """Show the numbers of ``detail``; the key token clicked just now, else None.

    ``order`` is how the rows stand at first; a switch in the view changes it. Keys that the query
    cannot see are hatched and say so. Special tokens have grey labels. ``title`` names the picture
    for people who hear it; ``selected_key`` is the row with a ring. Keys can be chosen when
    ``selectable`` is set or ``on_select`` is given; it is called before the rerun. ``source``
    stands at the foot of a saved picture. Raises ValueError where these do not fit together.
    """
    message = query_key_message(
        detail,
        query_label,
        key_labels,
        key=key,
        title=title,
        special_keys=special_keys,
        selectable=selectable or on_select is not None,
        order=order,
        source=source,
    )
    keys = len(key_labels)
    if selected_key is not None and not 0 <= selected_key < keys:
        raise ValueError(f"selected key {selected_key} outside 0..{keys - 1}")

    def read(sent: object) -> int | None:
        return sent if isinstance(sent, int) and 0 <= sent < keys else None

    with st.container(gap=None):
        choice = show(_mount, message, key=key, read=read, on_select=on_select)
        tell_selection(key, None if selected_key is None else [selected_key])
    return choice


def query_key_message(
    detail: QueryKeyDetail,
    query_label: str,
    key_labels: Sequence[str],
    *,
    key: str,
    title: str,
    special_keys: Sequence[int] = (),
    selectable: bool = False,
    order: Order = "position",
    source: str = "",
) -> bytes:
    """What the browser is sent for ``query_key`` with these arguments."""
    _check(detail, key_labels)
    keys = len(key_labels)
    if any(not 0 <= place < keys for place in special_keys):
        raise ValueError(f"special key outside 0..{keys - 1}: {tuple(special_keys)}")
    header: dict[str, Json] = {
        "view": key,
        "title": title,
        "query": query_label,
        "keys": list(key_labels),
        "specialKeys": list(special_keys),
        "scaling": float(detail.scaling),
        "softcap": None if detail.softcap is None else float(detail.softcap),
        "biased": detail.bias is not None,
        "selectable": selectable,
        "order": order,
        "source": source,
        "saving": saving_texts(),
        "texts": _texts(),
    }
    bias = np.zeros(keys) if detail.bias is None else detail.bias
    rows = (detail.dot, detail.scaled, bias, detail.scores, detail.weights)
    return encode_message(
        header,
        detail.query_vector.astype(np.float32),
        detail.key_vectors.astype(np.float32),
        np.stack([np.asarray(row, np.float32) for row in rows]),  # (5, key)
        detail.seen.astype(np.uint8),
    )


def _check(detail: QueryKeyDetail, key_labels: Sequence[str]) -> None:
    vectors, keys = detail.key_vectors, len(key_labels)
    if vectors.ndim != 2 or not vectors.size:
        raise ValueError(f"key vectors of shape {vectors.shape}: [key, dim] is needed")
    if detail.query_vector.shape != vectors.shape[1:]:
        raise ValueError(
            f"a query vector of shape {detail.query_vector.shape} "
            f"and key vectors of shape {vectors.shape}"
        )
    rows = {
        "key_vectors": vectors[:, 0],
        "dot": detail.dot,
        "scaled": detail.scaled,
        "scores": detail.scores,
        "weights": detail.weights,
        "seen": detail.seen,
        "bias": np.zeros(keys) if detail.bias is None else detail.bias,
    }
    for name, row in rows.items():
        if row.shape != (keys,):
            raise ValueError(f"{name} of shape {row.shape} and {keys} key labels")
    for name in ("query_vector", "key_vectors", "weights"):
        if not np.isfinite(getattr(detail, name)).all():
            raise ValueError(f"{name} with numbers that are not finite")
    if not detail.seen.any():
        raise ValueError("a query that sees no key")


def _texts() -> dict[str, Json]:
    return {
        "hint": _("Point at a cell or a row, or tap it, to read its numbers"),
        "dimension": _("dimension {number}"),
        "vector": _("q, each dimension"),
        "products": _("q × k, each dimension"),
        "dot": _("q · k"),
        "score": _("score"),
        "weight": _("softmax"),
        "q": _("q {value}"),
        "k": _("k {value}"),
        "product": _("q × k {value}"),
        "formulaDot": _("q · k = {dot}"),
        "formulaScaled": _("× {scaling} = {scaled}"),
        "formulaCapped": _("softcap {softcap} → {capped}"),
        "formulaBias": _("+ bias {bias} = {score}"),
        "formulaWeight": _("softmax → {weight}"),
        "unseen": _("cannot see"),
        "unseenLegend": _("this query cannot see these tokens"),
        "queryScale": _("q"),
        "productScale": _("q × k"),
        "order": _("Order of the rows"),
        "byPosition": _("by position"),
        "byWeight": _("by weight"),
    }
