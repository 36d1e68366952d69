"""The risk section of a sample report. All figures are illustrative."""

from overflight.report.risk_values import (
    AbortRow,
    Assumption,
    BaselineRow,
    ModeRisk,
    PeriodRisk,
    PlaceRisk,
    RiskLevel,
    RiskReport,
)


def _place(key: str, name: str, name_en: str | None, country: str, people: int | None, casualties: float):
    one, known = casualties / (people or 1000), people is not None
    error, low, high = (f * casualties if known else None for f in (0.2, 0.7, 1.6))
    return PlaceRisk(
        key, name, name_en, None, country, people, casualties if known else None, error, low, high,
        one, 0.2 * one, 0.7 * one, 1.6 * one, 0.5 * casualties,
    )  # fmt: skip


def _square(half_deg: float) -> tuple[tuple[tuple[float, float], ...], ...]:
    west, south, east, north = 124.7 - half_deg, 39.6 - half_deg, 124.7 + half_deg, 39.6 + half_deg
    return (((west, south), (east, south), (east, north), (west, north), (west, south)),)


def risk() -> RiskReport:
    """Return a risk section with every kind of row."""
    places = (
        _place("KP-03", "평안북도", "North Pyongan", "KP", 1_820_000, 1.9e-2),
        _place("JP-47214", "宮古島市", "Miyakojima", "JP", 52_931, 2.1e-6),
        _place("PH-CAG", "Cagayan", "Cagayan", "PH", None, 1e-7),
    )
    return RiskReport(
        total=1.9e-2,
        total_error=1.8e-3,
        total_low=1.6e-2,
        total_high=2.4e-2,
        abroad=4.2e-5,
        abroad_error=8e-6,
        abroad_low=2.8e-5,
        abroad_high=6.3e-3,
        limit=1e-4,
        failure_probability=0.47,
        probability_words="stated by the scenario",
        places=places,
        individuals=places[1:],
        individual_limit=1e-6,
        modes=(
            ModeRisk("Stage 1 lost", 0.12, 700, 0.16, 0.016, 0.13, 0.2, 1.9e-2),
            ModeRisk("Stage 2 does not light", 0.15, 700, 0.0, 0.0, 0.0, 0.2, 0.0),
        ),
        periods=tuple(
            PeriodRisk(20.0 * i, 20.0 * i + 20.0, 1e-3 / 2.0**i if i % 4 else 0.0, 1e-4, 1e-2)
            for i in range(25)
        ),
        baseline=BaselineRow("small", 0.031, 0.1, 0.146, 0.13),
        unknown_population=1,
        assumptions=(Assumption("A piece counts", "from 11 ft-lbf (14.9 J) or 1 psi", "14 CFR 417.107(c)"),),
        aborts=(
            AbortRow(
                "Stage 1 out of control", False, "destruct", 150, 145, 4e-4, 9e-5, 2.4e-4, 6.5e-4, 0.14, 0.03, 0.09,
                0.23, 0.89, 0.29, 0.41, 1.9, -0.89, 0.29, -0.04, 0.01, "Ending the flight lowers the collective risk below that of flying on.",
            ),
            AbortRow(
                "Stage 3 lost to its termination system", True, "destruct", 200, 200, 6.5e-4, 1.3e-4, 4.2e-4, 1.1e-3,
                0.13, 0.05, 0.05, 0.31, 0.0, 0.0, 0.0, 0.0, 6.5e-4, 1.3e-4, 4e-5, 8e-6,
                "Ending the flight raises the collective risk over flying on.",
            ),
        ),
        abort_verdict="All modes together: ending the flight lowers the collective risk below that of flying on.",
        levels=tuple(
            RiskLevel(level, 4e4 * half * half, (_square(half),))
            for level, half in ((1e-6, 0.1), (1e-7, 0.5), (1e-8, 4.0))
        ),
    )  # fmt: skip
