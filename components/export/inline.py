"""What stands inside a page's own ``<script>``: data and code that cannot end it.

A browser looks for the end of a script before it reads any of it, so ``</script>`` ends it even
in the middle of a text. Knows nothing of what the data are.
"""

from __future__ import annotations

import json
import re
from typing import Final

from components.views.message import Json

_SIGNS: Final = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_CLOSING: Final = re.compile(r"<(?=/script|!--)", re.IGNORECASE)


def inline_json(data: Json) -> str:
    """``data`` as JSON in which no sign means anything to HTML."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_SIGNS)


def inline_script(code: str) -> str:
    r"""``code``, with ``<`` of a closing tag or comment written ``\x3C``.

    Right for scripts that have these in texts and patterns only, as all of ours and bertviz's do.
    """
    return _CLOSING.sub(r"\\x3C", code)
