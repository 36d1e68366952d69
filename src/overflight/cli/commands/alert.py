"""`overflight alert`: check, sign and verify CAP 1.2 alerts."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from overflight.cli.options import Force
from overflight.cli.problems import handled, say

if TYPE_CHECKING:
    from datetime import datetime

    from overflight.warning.cap.findings import CheckReport
    from overflight.warning.cap.verify import VerifyReport

__all__ = ["group"]

group = typer.Typer(no_args_is_help=True, add_completion=False)

REJECTED = 1
"""Exit code when a message is rejected, or its signature."""


class ProfileName(StrEnum):
    """What a message is held against."""

    CAP = "cap"
    DESK = "desk"


Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", readable=False, help="CAP 1.2 messages (XML).")
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a file, on a line of its own.")]


@group.command("check")
def check(
    alerts: Files,
    profile: Annotated[
        ProfileName,
        typer.Option(help="cap: the standard alone; desk: that and what a warning desk would relay."),
    ] = ProfileName.DESK,
    at: Annotated[
        str,
        typer.Option(
            "--at",
            metavar="TIME",
            help="When the message is looked at: ISO 8601 with offset, or now. Else the moment it was sent.",
        ),
    ] = "sent",
    as_json: AsJson = False,
) -> None:
    """Say whether messages are proper CAP 1.2, and fit to be relayed. Exit code 1 if any is rejected."""
    with handled():
        from overflight.cli.inputs import read_head
        from overflight.warning.cap.check import check_alert
        from overflight.warning.cap.findings import Profile, Verdict
        from overflight.warning.cap.parse import MAX_BYTES

        when = _instant(at)
        contents = [
            (str(path), read_head(path, what="a CAP message", max_bytes=MAX_BYTES)) for path in alerts
        ]
        is_any_rejected = False
        for name, content in contents:
            found = check_alert(content, Profile(profile.value), when)
            is_any_rejected |= found.verdict is Verdict.REJECT
            fields = {"at": at, "profile": profile.value}
            typer.echo(_as_json(name, fields, found) if as_json else _as_text(name, found))
        if is_any_rejected:
            raise typer.Exit(REJECTED)


@group.command("sign")
def sign(
    alert: Annotated[Path, typer.Argument(metavar="FILE", readable=False, help="CAP 1.2 message (XML).")],
    key: Annotated[
        Path, typer.Option("--key", metavar="FILE", readable=False, help="Private key, ECDSA P-256 (PEM).")
    ],
    certificate: Annotated[
        Path, typer.Option("--certificate", metavar="FILE", readable=False, help="Its certificate (PEM).")
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", readable=False, help="Where the signed one goes."),
    ],
    passphrase: Annotated[
        Path | None,
        typer.Option(
            "--passphrase-file", metavar="FILE", readable=False, help="File with the key's passphrase."
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Sign a message: enveloped XML signature, ECDSA P-256. Send the bytes that come out unchanged."""
    with handled():
        from overflight.cli.inputs import read_file
        from overflight.cli.output import refuse_file, write_file
        from overflight.warning.cap.keys import load_signer
        from overflight.warning.cap.sign import sign as sign_bytes

        refuse_file(output, force=force)
        content = read_file(alert, what="a CAP message", max_bytes=4_000_000)
        words = (
            None if passphrase is None else read_file(passphrase, what="a passphrase", max_bytes=1_000_000)
        )
        signer = load_signer(
            read_file(key, what="a private key (PEM)", max_bytes=1_000_000),
            read_file(certificate, what="a certificate (PEM)", max_bytes=1_000_000),
            words.rstrip(b"\r\n") if words is not None else None,
            where=str(key),
        )
        now = _instant("now")
        assert now is not None
        write_file(output, sign_bytes(content, signer, now), force=force)
        say(f"Wrote {output}, signed by {signer.certificate.subject.rfc4514_string()}.")


@group.command("verify")
def verify(
    alerts: Files,
    certificate: Annotated[
        list[Path] | None,
        typer.Option(
            "--certificate", metavar="FILE", readable=False, help="Pinned certificate (PEM); repeatable."
        ),
    ] = None,
    ca: Annotated[
        Path | None,
        typer.Option("--ca", metavar="FILE", readable=False, help="Certificates of authorities (PEM)."),
    ] = None,
    at: Annotated[
        str,
        typer.Option(
            "--at",
            metavar="TIME",
            help="When the certificate must be valid: ISO 8601 with offset, or now. Else when it was sent.",
        ),
    ] = "sent",
    strip_blank: Annotated[
        bool, typer.Option("--strip-blank", help="Bear white space that was added after signing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say whether messages are whole and signed by someone you named. Exit code 1 if any is not."""
    with handled():
        from overflight.cli.inputs import read_file, read_head
        from overflight.warning.cap.findings import Verdict
        from overflight.warning.cap.keys import Trust, load_certificates
        from overflight.warning.cap.parse import MAX_BYTES
        from overflight.warning.cap.verify import verify as verify_bytes

        def certificates(path: Path) -> tuple[Any, ...]:
            content = read_file(path, what="certificates (PEM)", max_bytes=4_000_000)
            return load_certificates(content, where=str(path))

        pinned = tuple(found for path in certificate or () for found in certificates(path))
        trust = Trust(pinned, certificates(ca) if ca else ())
        when = _instant(at)
        contents = [
            (str(path), read_head(path, what="a CAP message", max_bytes=MAX_BYTES)) for path in alerts
        ]
        is_any_refused = False
        for name, content in contents:
            found = verify_bytes(content, trust, when, strip_blank=strip_blank)
            is_any_refused |= found.verdict is Verdict.REJECT
            fields = {"at": at, "signer": found.signer}
            typer.echo(_as_json(name, fields, found) if as_json else _as_text(name, found, found.signer))
        if is_any_refused:
            raise typer.Exit(REJECTED)


def _instant(text: str, option: str = "--at") -> datetime | None:
    """Return an instant given on the command line; None for ``sent``."""
    from datetime import UTC, datetime

    from overflight.cli.inputs import instant_of

    if text == "sent":
        return None
    return datetime.now(UTC) if text == "now" else instant_of(text, option, or_words=", now, or sent")


def _as_json(name: str, fields: dict[str, str], found: CheckReport | VerifyReport) -> str:
    import json

    value: dict[str, Any] = {
        "file": name,
        **fields,
        "verdict": found.verdict.value,
        "findings": [
            {
                "layer": finding.layer.value,
                "path": finding.path,
                "rule": finding.rule,
                "message": finding.message,
                "level": "warn" if finding.is_warning else "reject",
            }
            for finding in found.findings
        ],
    }
    return json.dumps(value, ensure_ascii=False)


def _as_text(name: str, found: CheckReport | VerifyReport, signer: str = "") -> str:
    rows = [f"{found.verdict.value:<6}  {name}" + (f" (signed by {signer})" if signer else "")]
    for finding in found.findings:
        mark = "warning" if finding.is_warning else finding.layer.value
        rows.append(f"        {mark}: {finding.path}: {finding.message} [{finding.rule}]")
    return "\n".join(rows)
