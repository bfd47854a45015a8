# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages survive however the pipe cuts them."""

import json

import pytest
from qgis_weft.process.jsonrpc import Answer, LineBuffer, Progress, read_message, request


def test_lines_come_whole_however_they_are_cut():
    text = 'ä{"a": 1}\n\n{"b": 2}\nrest'.encode()
    for size in (1, 2, 3, 7, 100):
        buffer = LineBuffer()
        lines = [
            line for i in range(0, len(text), size) for line in buffer.feed(text[i : i + size])
        ]
        assert lines == ['ä{"a": 1}'.encode(), b'{"b": 2}']


def test_a_request_is_one_line_of_json():
    line = request(3, "train", {"out": "/tmp/ü\n"})
    assert line.count(b"\n") == 1
    assert json.loads(line) == {
        "jsonrpc": "2.0",
        "id": 3,
        "method": "train",
        "params": {"out": "/tmp/ü\n"},
    }


def test_answers_and_progress_are_told_apart():
    result = read_message(b'{"jsonrpc": "2.0", "id": 1, "result": null}')
    failed = read_message(
        b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32800, "message": "no"}}'
    )
    far = read_message(
        b'{"jsonrpc": "2.0", "method": "$/progress",'
        b' "params": {"id": 1, "done": 1, "total": 4, "text": "x"}}'
    )
    assert result == Answer(1)
    assert failed.failure.cancelled
    assert (type(far), far.share) == (Progress, 0.25)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[]",
        b"\xff",
        b'{"method": "other"}',
        b"12",
        b"[" * 10000,
        b'{"method": "$/progress", "params": [1]}',
        b'{"id": 1, "error": "no"}',
    ],
)
def test_what_is_no_message_is_none(line):
    assert read_message(line) is None
