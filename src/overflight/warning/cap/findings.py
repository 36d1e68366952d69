"""What a check says: findings, and the verdict they add up to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Layer(StrEnum):
    """Whose rule is broken."""

    SCHEMA = "schema"  # XML, its limits, and the OASIS schema
    CAP = "cap"  # the text of the standard, and geometry that is none
    POLICY = "policy"  # what this desk takes from whom, and when
    PROFILE = "profile"  # what a message must have to be issued or relayed
    SIGNATURE = "signature"  # whose message it is, and whether it is whole


class Verdict(StrEnum):
    """What becomes of a message. A warning alone does not keep it out."""

    ACCEPT = "accept"
    WARN = "warn"
    REJECT = "reject"


class Profile(StrEnum):
    """What a message is held against: the standard alone, or that and what we would issue or relay."""

    CAP = "cap"
    DESK = "desk"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the element, the rule, and what is wrong in words."""

    layer: Layer
    path: str
    rule: str
    message: str
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Everything found in one message."""

    profile: Profile
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """Reject for any fault, warn for warnings only."""
        if any(not finding.is_warning for finding in self.findings):
            return Verdict.REJECT
        return Verdict.WARN if self.findings else Verdict.ACCEPT


def report(profile: Profile, findings: Iterable[Finding], most: int = 100) -> CheckReport:
    """Return a report of at most ``most`` findings, faults before warnings, else in document order."""
    ordered = sorted(findings, key=lambda finding: finding.is_warning)
    return CheckReport(profile, tuple(ordered[:most]))
