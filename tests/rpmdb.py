# SPDX-License-Identifier: Apache-2.0
"""Databases of rpm made from a list, so that what a root has installed can be read in review.

A line is "NAME [EPOCH:]VERSION-RELEASE"; in front of them "# FORMAT PATH": sqlite is that of Fedora and RHEL 9, ndb that of SUSE.
"""
import os
import pathlib
import sqlite3
import struct

NAME, VERSION, RELEASE, EPOCH, SUMMARY = 1000, 1001, 1002, 1003, 1004
INT32, STRING = 4, 6


def header(name, evr):
    """The header of a package as rpm keeps it in its database: index and store, in network order."""
    version, release = evr.rsplit("-", 1)
    epoch, version = version.split(":") if ":" in version else (None, version)
    store, index = b"", []
    for tag, value in (NAME, name), (VERSION, version), (RELEASE, release), (SUMMARY, f"about {name}"):
        index.append((tag, STRING, len(store), 1))
        store += value.encode() + b"\0"
    if epoch:
        store += b"\0" * (-len(store) % 4)
        index.append((EPOCH, INT32, len(store), 1))
        store += struct.pack(">I", int(epoch))
    return struct.pack(">II", len(index), len(store)) + b"".join(struct.pack(">IIII", *entry) for entry in sorted(index)) + store


def write_sqlite(path, headers):
    """The table that counts; rpm makes an index of it for each tag that it searches by."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)")
        db.executemany("INSERT INTO Packages (blob) VALUES (?)", [(h,) for h in headers])
    db.close()


def write_ndb(path, headers):
    """A page of slots, then the blobs in blocks of 16 bytes (rpm's lib/backend/ndb/rpmpkg.c)."""
    slots, blobs, block = b"", b"", 256
    for number, data in enumerate(headers, 1):
        size = 16 + len(data) + 12
        count = (size + 15) // 16
        blob = struct.pack("<4sIII", b"BlbS", number, 0, len(data)) + data
        blobs += blob.ljust(count * 16 - 12, b"\0") + struct.pack("<II4s", 0, len(data), b"BlbE")
        slots += struct.pack("<4sIII", b"Slot", number, block, count)
        block += count
    assert len(headers) < 254, "more than one page of slots"
    head = struct.pack("<4sIIII", b"RpmP", 0, 1, 1, len(headers) + 1).ljust(32, b"\0")
    page = (head + slots + struct.pack("<4sIII", b"Slot", 0, 0, 0) * (254 - len(headers))).ljust(4096, b"\0")
    path.write_bytes(page + blobs)


def make(listing, top):
    """Writes the database of a list below a root."""
    first, *lines = pathlib.Path(listing).read_text(encoding="utf-8").splitlines()
    kind, place = first.lstrip("# ").split()
    headers = [header(*line.split()) for line in lines if line and not line.startswith("#")]
    if kind == "sqlite" and os.environ.get("HAVE_SQLITE") == "no":   # a program built without SQLite reads the other one
        kind, place = "ndb", str(pathlib.PurePath(place).parent / "Packages.db")
    path = pathlib.Path(top) / place
    path.parent.mkdir(parents=True, exist_ok=True)
    (write_sqlite if kind == "sqlite" else write_ndb)(path, headers)
    path.chmod(0o644)
    return path
