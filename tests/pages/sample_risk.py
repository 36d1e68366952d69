"""The risk section of a sample report. All figures are illustrative."""

from overflight.report.risk_values import (
    Assumption,
    BaselineRow,
    ModeRisk,
    PeriodRisk,
    PlaceRisk,
    RiskReport,
)


def _place(key: str, name: str, name_en: str | None, country: str, people: int | None, casualties: float):
    known = people is not None
    return PlaceRisk(
        key, name, name_en, None, country, people, casualties if known else None,
        0.2 * casualties if known else None, casualties / (people or 1000), 0.2 * casualties / 1000, 0.5 * casualties,
    )  # fmt: skip


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
        abroad=4.2e-5,
        abroad_error=8e-6,
        limit=1e-4,
        failure_probability=0.47,
        probability_words="stated by the scenario",
        places=places,
        individuals=places[1:],
        individual_limit=1e-6,
        modes=(
            ModeRisk("Stage 1 lost", 0.12, 0.16, 0.016, 1.9e-2),
            ModeRisk("Stage 2 does not light", 0.15, 0.0, 0.0, 0.0),
        ),
        periods=tuple(
            PeriodRisk(20.0 * i, 20.0 * i + 20.0, 1e-3 / 2.0**i if i % 4 else 0.0, 1e-4, 1e-2)
            for i in range(25)
        ),
        baseline=BaselineRow("small", 0.031, 0.1, 0.146, 0.13),
        unknown_population=1,
        assumptions=(Assumption("A piece counts", "from 11 ft-lbf (14.9 J) or 1 psi", "14 CFR 417.107(c)"),),
    )
