from __future__ import annotations

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bioweave.errors import InputError
from bioweave.lexicon.fetching import fetch

_TABLE = b"D1\tGout\tpref\n" * 1000


def _archive() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo("names.dmp")
        member.size = len(_TABLE)
        archive.addfile(member, io.BytesIO(_TABLE))
    return packed.getvalue()


_ARCHIVE = _archive()
_FILES = {
    "/names.tsv": _TABLE,
    "/taxdump.tar.gz": _ARCHIVE,
    "/taxdump.tar.gz.md5": f"{hashlib.md5(_ARCHIVE).hexdigest()}  taxdump.tar.gz\n".encode(),
    "/wrong.md5": b"0" * 32,
    "/empty.md5": b"none",
}


class _Handler(BaseHTTPRequestHandler):
    n_requests = 0

    def do_GET(self) -> None:
        type(self).n_requests += 1
        content = _FILES.get(self.path.removeprefix("/cut"))
        self.send_response(404 if content is None else 200)
        if content is not None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if content is not None:
            self.wfile.write(content[:100] if self.path.startswith("/cut") else content)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_file_is_fetched_once(server: str, tmp_path: Path) -> None:
    lines: list[str] = []
    path = fetch(f"{server}/names.tsv", tmp_path / "new", report=lines.append)
    assert path == tmp_path / "new" / "names.tsv"
    assert path.read_bytes() == _TABLE
    assert lines == [f"fetching {server}/names.tsv"]
    n_requests = _Handler.n_requests
    assert fetch(f"{server}/names.tsv", tmp_path / "new", report=lines.append) == path
    assert _Handler.n_requests == n_requests


def test_a_checksum_is_held_against_it(server: str, tmp_path: Path) -> None:
    right = hashlib.sha256(_TABLE).hexdigest()
    assert fetch(f"{server}/names.tsv", tmp_path, sha256=right).read_bytes() == _TABLE
    (tmp_path / "names.tsv").write_bytes(b"damaged since")
    assert fetch(f"{server}/names.tsv", tmp_path, sha256=right).read_bytes() == _TABLE
    with pytest.raises(InputError, match=r"names\.tsv: SHA-256 is [0-9a-f]+, expected 0000"):
        fetch(f"{server}/names.tsv", tmp_path / "other", sha256="0" * 64)
    assert list((tmp_path / "other").iterdir()) == []


def test_a_member_of_an_archive_with_its_published_checksum(server: str, tmp_path: Path) -> None:
    address = f"{server}/taxdump.tar.gz"
    path = fetch(address, tmp_path, member="names.dmp", md5=f"{address}.md5")
    assert path.name == "names.dmp"
    assert path.read_bytes() == _TABLE
    for md5, reason in (("wrong.md5", "MD5 is"), ("empty.md5", "no MD5"), ("no.md5", "Not Found")):
        with pytest.raises(InputError, match=reason):
            fetch(address, tmp_path / "other", member="names.dmp", md5=f"{server}/{md5}")
    with pytest.raises(InputError, match=r"no archive that holds nodes\.dmp"):
        fetch(address, tmp_path / "other", member="nodes.dmp")
    with pytest.raises(InputError, match="no archive"):
        fetch(f"{server}/names.tsv", tmp_path / "other", member="names.dmp")


@pytest.mark.parametrize(
    ("path", "reason"),
    [("/missing.tsv", "Not Found.*by other means"), ("/cut/names.tsv", "100 bytes arrived|read")],
)
def test_what_does_not_arrive_whole_is_not_kept(
    server: str, tmp_path: Path, path: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason):
        fetch(server + path, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_network_and_no_address(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be fetched"):
        fetch("http://127.0.0.1:9/names.tsv", tmp_path)
    with pytest.raises(InputError, match="https://"):
        fetch("file:///etc/passwd", tmp_path)
