import json

import pytest

from components.export.inline import inline_json, inline_script


@pytest.mark.parametrize(
    "text", ["</script><img src=x>", "<!-- <script>", "a & b", "\u2028\u2029", "中文 שלום"]
)
def test_data_mean_nothing_to_html_and_are_read_back_whole(text):
    written = inline_json({"text": text})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == {"text": text}


def test_code_cannot_end_its_script():
    written = inline_script('x = "</SCRIPT >" + "<!--" + "<script>" + (1 < 2)')
    assert "</SCRIPT" not in written
    assert "<!--" not in written
    assert written.endswith("(1 < 2)")
    assert '"\\x3C/SCRIPT >"' in written
