"""Lines that a process writes, counted as they come; of those that end in `@SECONDS`, a monotonic time, how late they are."""

import os
import statistics
import threading
import time


class LineReader(threading.Thread):
    """Reads the stream to its end. `count`: how many lines have `word` in them; `delays`: seconds, of lines with a time of their own."""

    def __init__(self, stream, word: bytes):
        super().__init__(daemon=True)
        self.stream, self.word, self.count, self.delays = stream, word, 0, []
        self.changed = threading.Condition()
        self.start()

    def run(self):
        rest = b""
        while data := os.read(self.stream.fileno(), 1 << 20):
            now = time.monotonic()
            whole, newline, rest = (rest + data).rpartition(b"\n")
            late = [now - float(line.rsplit(b"@", 1)[1].rstrip(b'"}')) for line in whole.split(b"\n") if b"@" in line] if b"@" in whole else []
            with self.changed:
                self.count += (whole + newline).count(self.word)
                self.delays += late
                self.changed.notify()

    def wait(self, count: int, timeout: float):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, timeout), f"{self.count} of {count} lines"

    def delay_ms(self) -> dict[str, float]:
        delays = sorted(self.delays)
        return {"delay ms": statistics.median(delays) * 1000, "p99 delay ms": delays[int(len(delays) * 0.99)] * 1000}
