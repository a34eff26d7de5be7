"""Terminologies from their public addresses, checked as they arrive."""

from __future__ import annotations

import hashlib
import re
import shutil
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from bioweave.errors import InputError, Place

_TIMEOUT = 60.0  # seconds without a byte
_CHUNK = 1 << 20
_SCHEMES = ("https", "http")
# Some servers turn away Python's own name.
_AGENT = "bioweave (https://pypi.org/project/bioweave)"
_MD5 = re.compile(r"\b[0-9a-fA-F]{32}\b")


def fetch(
    address: str,
    folder: Path,
    *,
    sha256: str | None = None,
    md5: str | None = None,
    member: str | None = None,
    report: Callable[[str], None] = lambda line: None,
) -> Path:
    """The file behind an address, in `folder`; one that is there already is not fetched again.

    `sha256` is what the file must be; `md5` the address of the checksum that its publisher states;
    of a tar archive, `member` is the file to take out. Whatever comes with a length must have that
    length. Raises InputError, naming the address, where there is no network or the file is not what
    it should be, and leaves nothing behind.
    """
    if urlsplit(address).scheme not in _SCHEMES:
        raise InputError("expected an address that begins with https://", Place(address))
    name = PurePosixPath(urlsplit(address).path).name or "terminology"
    target = folder / (member or name)
    if target.is_file() and (sha256 is None or member is not None or _digest(target) == sha256):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as temporary:
        fetched = Path(temporary) / name
        report(f"fetching {address}")
        _download(address, fetched)
        if sha256 is not None:
            _check(address, "SHA-256", sha256.lower(), _digest(fetched))
        if md5 is not None:
            _check(address, "MD5", _stated_md5(md5), _digest(fetched, "md5"))
        if member is not None:
            fetched = _extracted(address, fetched, member)
        fetched.replace(target)
    return target


def _download(address: str, target: Path) -> None:
    request = Request(address, headers={"User-Agent": _AGENT})
    try:
        with urlopen(request, timeout=_TIMEOUT) as response, target.open("wb") as file:
            expected = response.headers.get("Content-Length")
            shutil.copyfileobj(response, file, _CHUNK)
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise InputError(
            f"cannot be fetched: {reason}; fetch the file by other means and give its path",
            Place(address),
        ) from error
    found = target.stat().st_size
    if expected is not None and int(expected) != found:
        raise InputError(f"{found} bytes arrived of {expected}; try again", Place(address))


def _stated_md5(address: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "md5"
        _download(address, path)
        stated = _MD5.search(path.read_text(encoding="utf-8", errors="replace"))
    if stated is None:
        raise InputError("no MD5 checksum in this file", Place(address))
    return stated[0].lower()


def _digest(path: Path, algorithm: str = "sha256") -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()


def _check(address: str, kind: str, expected: str, found: str) -> None:
    if found != expected:
        raise InputError(
            f"{kind} is {found}, expected {expected}: the file was damaged on its way, or is "
            "another version; nothing was kept",
            Place(address),
        )


def _extracted(address: str, archive: Path, member: str) -> Path:
    target = archive.with_name(f"{archive.name}-member")
    try:
        with tarfile.open(archive) as opened:
            content = opened.extractfile(member)
            if content is None:
                raise KeyError(member)
            with content, target.open("wb") as file:
                shutil.copyfileobj(content, file, _CHUNK)
    except (tarfile.TarError, KeyError, EOFError, OSError) as error:
        raise InputError(f"no archive that holds {member}: {error}", Place(address)) from error
    return target
