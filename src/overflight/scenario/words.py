"""What a quantity of a scenario is called when people read of it, in English, Japanese and Korean."""

from __future__ import annotations

import re

from overflight.scenario.model import Scenario

__all__ = ["LANGUAGES", "quantity_words"]

LANGUAGES = ("en", "ja", "ko")
_Words = tuple[str, str, str]

_WORDS: dict[str, _Words] = {
    "dry_mass_kg": ("dry mass", "構造質量", "구조 질량"),
    "propellant_kg": ("propellant", "推進薬量", "추진제량"),
    "thrust_vacuum_n": ("thrust", "推力", "추력"),
    "isp_vacuum_s": ("specific impulse", "比推力", "비추력"),
    "nozzle_exit_area_m2": ("nozzle area", "ノズル面積", "노즐 면적"),
    "reference_area_m2": ("cross-section", "断面積", "단면적"),
    "ignition_delay_s": ("ignition delay", "点火の遅れ", "점화 지연"),
    "separation_delay_s": ("separation delay", "分離の遅れ", "분리 지연"),
    "build_up_s": ("thrust build-up", "推力の立ち上がり", "추력 상승"),
    "tail_off_s": ("tail-off", "推力の尾引き", "추력 꼬리"),
    "after_s": ("time of release", "切り離しの時刻", "분리 시각"),
    "separation_speed_mps": ("separation speed", "分離の速さ", "분리 속도"),
    "ballistic_kgpm2": ("ballistic coefficient", "弾道係数", "탄도 계수"),
    "mass_kg": ("mass", "質量", "질량"),
    "heat_flux_wpm2": ("heat flux at release", "分離時の空力加熱", "분리 때의 가열"),
    "pitch_deg": ("pitch", "ピッチ角", "피치각"),
    "pitch_end_deg": ("pitch", "ピッチ角", "피치각"),
    "heading_deg": ("heading", "方位角", "방위각"),
    "heading_end_deg": ("heading", "方位角", "방위각"),
    "start_s": ("start", "開始時刻", "시작 시각"),
    "probability": ("probability", "確率", "확률"),
    "perigee_km": ("perigee", "近地点高度", "근지점 고도"),
    "apogee_km": ("apogee", "遠地点高度", "원지점 고도"),
    "inclination_deg": ("inclination", "軌道傾斜角", "궤도 경사각"),
    "node_deg": ("node", "昇交点", "승교점"),
}
_WHOLE: dict[str, _Words] = {
    "launch.offset_s": ("time of lift-off", "発射時刻", "발사 시각"),
    "vehicle.payload_kg": ("payload", "搭載物の質量", "탑재물 질량"),
    "vehicle.drag.factor": ("drag of the vehicle", "機体の空気抵抗", "기체의 공기 저항"),
    "wind.factor": ("strength of the wind", "風の強さ", "바람의 세기"),
    "density_factor": ("density of the air", "大気の密度", "대기 밀도"),
    "flight_plan.cut_off.mean_altitude_km": (
        "altitude of cut-off", "エンジン停止の高度", "엔진 정지 고도",
    ),
}  # fmt: skip
_OF: _Words = ("{what} of {whose}", "{whose}の{what}", "{whose} {what}")
_STAGE: _Words = ("{name}", "第{k}段", "{k}단")
_FAIRING: _Words = ("the fairing", "フェアリング", "페어링")
_ORBIT: _Words = ("the planned orbit", "計画軌道", "계획 궤도")
_ROW: _Words = (
    "{what} in steering row {row} ({whose})",
    "{whose}、誘導表{row}行の{what}",
    "{whose}, 유도표 {row}행의 {what}",
)
_ROW_END: _Words = (
    "{what} at the end of steering row {row} ({whose})",
    "{whose}、誘導表{row}行の終わりの{what}",
    "{whose}, 유도표 {row}행 끝의 {what}",
)


def quantity_words(path: str, scenario: Scenario, language: str = "en") -> str:
    """Return a quantity in words: ``vehicle.stage.2.thrust_vacuum_n`` is "thrust of Stage 2"."""
    own = LANGUAGES.index(language)
    if path in _WHOLE:
        return _WHOLE[path][own]
    name = path.rpartition(".")[2]
    what = _WORDS[name][own] if name in _WORDS else name.replace("_", " ")
    if match := re.match(r"flight_plan\.steering\.(\d+)\.", path):
        stage = scenario.flight_plan.steering[int(match[1]) - 1].stage
        form = _ROW_END if name.endswith("_end_deg") else _ROW
        return form[own].format(what=what, row=match[1], whose=_stage(stage, scenario, own))
    whose = _whose(path, scenario, own)
    return f"{what} ({path})" if whose is None else _OF[own].format(what=what, whose=whose)


def _stage(number: int, scenario: Scenario, own: int) -> str:
    return _STAGE[own].format(name=scenario.vehicle.stage[number - 1].name, k=number)


def _whose(path: str, scenario: Scenario, own: int) -> str | None:
    """Return the part of the vehicle or plan that a quantity belongs to, None where it is none of these."""
    if match := re.match(r"vehicle\.stage\.(\d+)\.", path):
        return _stage(int(match[1]), scenario, own)
    if match := re.match(r"vehicle\.(booster|jettisoned)\.(\d+)\.", path):
        return str(getattr(scenario.vehicle, match[1])[int(match[2]) - 1].name)
    if path.startswith("vehicle.fairing."):
        return _FAIRING[own]
    return _ORBIT[own] if path.startswith("flight_plan.target_orbit.") else None
