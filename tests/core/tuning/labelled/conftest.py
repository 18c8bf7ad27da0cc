"""Data prepared from what a test writes into a file."""

from __future__ import annotations

import io

import pytest

from core.errors import InputError
from core.tuning.labelled import DataSource, prepare, store_upload


@pytest.fixture
def prepared(headlight_home):
    def prepare_file(data, name="a.csv", kind="classification", **values):
        kept = store_upload(name, io.BytesIO(data.encode()))
        return prepare(DataSource(kind=kind, file=kept, **values))

    return prepare_file


@pytest.fixture
def refused(prepared):
    def said(data, *arguments, **values):
        with pytest.raises(InputError) as caught:
            prepared(data, *arguments, **values)
        assert "\n" not in str(caught.value)
        return str(caught.value)

    return said
