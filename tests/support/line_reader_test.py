"""Lines are counted as they come, in whatever pieces."""

import os
import time

import pytest

from line_reader import LineReader


def read(*pieces):
    """A reader that has had them, each in a read of its own."""
    out, into = os.pipe()
    with os.fdopen(out, "rb") as stream:
        reader = LineReader(stream, b"wanted")
        for piece in pieces:
            os.write(into, piece)
            time.sleep(0.01)  # so that it comes alone; the counts are the same if it does not
        os.close(into)
        reader.join(10)
        assert not reader.is_alive()
        return reader


@pytest.mark.parametrize("pieces, count", [
    ([], 0),
    ([b"wanted\n"], 1),
    ([b"wanted\nother\nx wanted y\n"], 2),
    ([b"wan", b"ted\nwant", b"ed\n"], 2),
    ([b"wanted\n", b"\n", b"wanted"], 1),  # a line that has no end is none
])
def test_lines_with_the_word_are_counted(pieces, count):
    assert read(*pieces).count == count


def test_delays_are_of_lines_that_end_in_their_time():
    now = time.monotonic()
    text = f"wanted @{now - 5}\nwanted\n".encode() + b'{"m": "wanted @' + str(now - 7).encode() + b'"}\n'
    reader = read(text[:20], text[20:])
    assert sorted(round(delay) for delay in reader.delays) == [5, 7] and reader.count == 3
    assert 5000 < reader.delay_ms()["delay ms"] < reader.delay_ms()["p99 delay ms"] < 8000


def test_too_few_lines_are_an_error():
    with pytest.raises(AssertionError, match="1 of 2 lines"):
        read(b"wanted\n").wait(2, 0.01)
