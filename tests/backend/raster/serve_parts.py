# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves the files of a folder, also parts of them, as servers of images do; prints its address."""

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Parts(BaseHTTPRequestHandler):
    """Answers for the files in the folder of the first argument."""

    def log_message(self, format: str, *words: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        """How long a file is."""
        self.answer()

    def do_GET(self) -> None:
        """The bytes that were asked for."""
        self.wfile.write(self.answer())

    def answer(self) -> bytes:
        """Send the head, and give what belongs after it."""
        path = Path(sys.argv[1]) / self.path.lstrip("/")
        if not path.is_file():
            self.send_error(404)
            return b""
        content, asked = path.read_bytes(), self.headers.get("Range")
        first, last = 0, len(content) - 1
        if asked:
            start, _, stop = asked.removeprefix("bytes=").partition("-")
            first, last = int(start), min(int(stop or last), last)
        self.send_response(206 if asked else 200)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(last + 1 - first))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        return content[first : last + 1]


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), Parts) as server:
        print(f"http://127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
