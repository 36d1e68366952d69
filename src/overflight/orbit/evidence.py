"""Public evidence on the camera of Malligyong-1, as ranges with their sources."""

from __future__ import annotations

from overflight.orbit.imaging import Camera, Span

__all__ = ["known_camera", "malligyong_1"]


def malligyong_1(altitude_km: Span | None = None) -> Camera:
    """Return what is publicly known: no number for its resolution was ever published, so this is a range.

    The sharp end is set by the body (an aperture of 0.4 m at most) and by the examination of the wreck, the
    soft end by the one sample shown. Both ends are bounds; neither is a guess at the truth.
    """
    return Camera(
        "Malligyong-1", altitude_km or Span(490.0, 512.0, "km"),
        aperture_m=Span(0.02, 0.4, "m"),
        gsd_m=Span(1.0, 20.0, "m"),
        evidence=(
            "Forerunner's camera of 18 December 2022: panchromatic, 20 m sample (Chosun Ilbo, 20 Dec 2022).",
            "Wreck of 31 May 2023: failed the sub-metre criterion, \"no military utility as a reconnaissance "
            "satellite at all\" (South Korean forces, 5 July 2023, by Reuters and Korea Herald); details "
            "withheld.",
            "Body under 1 m across, mass below 500 kg, estimated from photographs (Asia Economy, 31 May "
            "2023): "
            "an aperture above 0.4 m hardly fits (inferred here).",
            "Orbit 512 x 493 km at first (The Space Review 4753).",
            "A figure of 3 to 5 m circulates; no source for it was found, so it is not used.",
        ),
    )  # fmt: skip


def known_camera(satellite: str) -> Camera | None:
    """Return the public evidence on the camera of a satellite by its name, None where none is kept here."""
    return malligyong_1() if satellite.casefold() in ("malligyong-1", "manrigyong-1") else None
