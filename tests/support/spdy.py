"""The server's side of SPDY/3.1 over a socket's files, as far as the tests need it, with headers as Kubernetes' library sends them."""

import pathlib
import re
import struct
import zlib

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "shared" / "spdy_dictionary.cc"
DICTIONARY = b"".join(
    re.sub(rb"\\([0-7]{3})", lambda octal: bytes([int(octal[1], 8)]), text.encode())
    for text in re.findall(r'^    "(.*)"', SOURCE.read_text(), re.M)
)
SYN_STREAM, SYN_REPLY, RST_STREAM, PING, GOAWAY = 1, 2, 3, 6, 7


class Spdy:
    """A connection whose upgrade was accepted. `streams`: each stream's headers, by its number."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.inflate = zlib.decompressobj(zdict=DICTIONARY)
        self.deflate = zlib.compressobj(9, zlib.DEFLATED, 15, 8, zlib.Z_DEFAULT_STRATEGY, DICTIONARY)
        self.streams = {}

    def _write(self, data):
        self.writer.write(data)
        self.writer.flush()

    def _control(self, kind, payload):
        self._write(struct.pack(">HHI", 0x8003, kind, len(payload)) + payload)

    def read(self):
        """The next data frame as (stream, data, whether it is the stream's last), or None at the end. Replies to the streams
        that are opened before it, and answers nothing else."""
        while len(head := self.reader.read(8)) == 8:
            first, second = struct.unpack(">II", head)
            payload = self.reader.read(second & 0xFFFFFF)
            if not first & 0x80000000:
                return first, payload, bool(second >> 24 & 1)
            if first & 0xFFFF == SYN_STREAM:
                stream = struct.unpack(">I", payload[:4])[0]
                self.streams[stream] = self._headers(self.inflate.decompress(payload[10:]))
                block = self.deflate.compress(struct.pack(">I", 0)) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
                self._control(SYN_REPLY, struct.pack(">I", stream) + block)
        return None

    @staticmethod
    def _headers(block):
        texts, at = [], 4
        while at < len(block):
            size = struct.unpack(">I", block[at : at + 4])[0]
            texts.append(block[at + 4 : at + 4 + size].decode())
            at += 4 + size
        return dict(zip(texts[::2], texts[1::2]))

    def stream(self, kind):
        return next(number for number, headers in self.streams.items() if headers["streamtype"] == kind)

    def data(self, stream, data, last=False):
        self._write(struct.pack(">II", stream, int(last) << 24 | len(data)) + data)

    def close(self):
        """As Kubernetes' servers end a command: all streams are reset, and then the server goes away."""
        for stream in self.streams:
            self._control(RST_STREAM, struct.pack(">II", stream, 5))
        self._control(GOAWAY, struct.pack(">II", 0, 0))
