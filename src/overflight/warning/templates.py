"""Every public sentence this package can say, in one table: Japanese, English, Korean.

The Japanese follows the messages of J-Alert word for word where its wording fits (Cabinet
Secretariat, kokuminhogo.go.jp, messages 1 to 5; the lifting text of April 2023 as broadcast on
27 May 2024), with the word "missile" replaced by what is known about the vehicle, with the time and
the places put first, and with one message J-Alert lacks: who lies under the path, and when.  J-Alert
has no official English or Korean; those texts are ours, in the same order and just as short.

A sentence takes words only through the slots named in ``SLOTS``; nothing else can enter it.  To add
a language, add a column here and a member to :class:`~overflight.warning.names.Language`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from overflight.warning.alert import Status
from overflight.warning.names import Language, Words


class MessageKind(StrEnum):
    """What a message tells people."""

    LAUNCH = "launch"  # a rocket was launched: take shelter
    OVERFLIGHT = "overflight"  # it will pass over these places between these times: stay sheltered
    ALL_CLEAR = "all_clear"  # it has passed: the call to shelter is lifted
    WILL_NOT_ARRIVE = "will_not_arrive"  # it cannot come here any more: lifted
    COME_DOWN = "come_down"  # it fell out of sight and must be down by now: lifted
    RETRACTION = "retraction"  # the alert was sent in error


class VehicleWord(StrEnum):
    """What the vehicle is called in public texts."""

    ROCKET = "rocket"
    SATELLITE_ROCKET = "satellite_rocket"


VEHICLE_WORDS = {
    VehicleWord.ROCKET: Words("ロケット", "rocket", "로켓"),
    VehicleWord.SATELLITE_ROCKET: Words("人工衛星ロケット", "satellite rocket", "인공위성 로켓"),
}

SLOTS: dict[MessageKind, frozenset[str]] = {
    MessageKind.LAUNCH: frozenset({"places", "origin", "rocket", "launch_time"}),
    MessageKind.OVERFLIGHT: frozenset({"places", "origin", "rocket", "launch_time", "passage"}),
    MessageKind.ALL_CLEAR: frozenset({"places", "origin", "rocket", "launch_time", "passed"}),
    MessageKind.WILL_NOT_ARRIVE: frozenset({"places", "origin", "rocket", "launch_time", "country"}),
    MessageKind.COME_DOWN: frozenset({"places", "origin", "rocket", "launch_time"}),
    MessageKind.RETRACTION: frozenset({"places", "issued_time"}),
}
"""Which slots a message of each kind must be given, and the only ones its sentences may use."""


@dataclass(frozen=True, slots=True)
class Template:
    """One message in one language. ``short`` is the form of at most 360 characters."""

    event: str
    headline: str
    description: str
    instruction: str
    short: str


@dataclass(frozen=True, slots=True)
class Banner:
    """What marks a message that is not an actual alert: first, last and in every form."""

    headline: str
    opening: str
    closing: str
    short: str


NO_BANNER = Banner("", "", "", "")

BANNERS: dict[Status, dict[Language, Banner]] = {
    Status.ACTUAL: dict.fromkeys(Language, NO_BANNER),
    Status.DRAFT: {
        Language.JAPANESE: Banner(
            "【下書き・公的な警報ではありません】",
            "これは下書きです。計算による分析であり、公的な警報ではありません。",
            "以上は下書きです。",
            "【下書き・公的な警報ではありません】",
        ),
        Language.ENGLISH: Banner(
            "[DRAFT, not an official warning] ",
            "This is a draft: an analysis, not an official warning. ",
            " End of draft.",
            "[DRAFT, not an official warning] ",
        ),
        Language.KOREAN: Banner(
            "[초안·공식 경보 아님] ",
            "이것은 초안입니다. 계산에 따른 분석이며 공식 경보가 아닙니다. ",
            " 이상은 초안입니다.",
            "[초안·공식 경보 아님] ",
        ),
    },
    Status.EXERCISE: {
        Language.JAPANESE: Banner(
            "【訓練】", "これは訓練です。", "これは訓練です。", "【訓練】これは訓練です。"
        ),
        Language.ENGLISH: Banner(
            "[DRILL] ", "This is a drill. ", " This is a drill.", "[DRILL] This is a drill. "
        ),
        Language.KOREAN: Banner(
            "[훈련] ", "이것은 훈련입니다. ", " 이것은 훈련입니다.", "[훈련] 이것은 훈련입니다. "
        ),
    },
    Status.TEST: {
        Language.JAPANESE: Banner(
            "【テスト】", "これはテストです。", "これでテストを終了します。", "【テスト】これはテストです。"
        ),
        Language.ENGLISH: Banner("[TEST] ", "This is a test. ", " End of test.", "[TEST] This is a test. "),
        Language.KOREAN: Banner(
            "[시험] ", "이것은 시험입니다. ", " 시험을 마칩니다.", "[시험] 이것은 시험입니다. "
        ),
    },
}
"""Marks by CAP status. There is none for ``System``: such messages carry no public text."""

_REPORT_JA = "不審な物を発見した場合には、決して近寄らず、直ちに警察や消防などに連絡して下さい。"
_REPORT_EN = "If you find a suspicious object, never go near it; call the police or the fire service at once."
_REPORT_KO = "수상한 물체를 발견하면 절대 가까이 가지 말고 즉시 경찰이나 소방에 신고해 주시기 바랍니다."

TEMPLATES: dict[tuple[MessageKind, Language], Template] = {
    (MessageKind.LAUNCH, Language.JAPANESE): Template(
        event="ロケット発射情報",
        headline="ロケット発射。ロケット発射。",
        description="{launch_time}頃、{origin}から{rocket}が発射されたものとみられます。対象地域は、"
        "{places}です。",
        instruction="建物の中、又は地下に避難して下さい。",
        short="ロケット発射。ロケット発射。{launch_time}頃、"
        "{origin}から{rocket}が発射されたものとみられます。"
        "{places}の方は、建物の中、又は地下に避難して下さい。",
    ),
    (MessageKind.LAUNCH, Language.ENGLISH): Template(
        event="Rocket launch",
        headline="Rocket launched. Rocket launched.",
        description="A {rocket} appears to have been launched from {origin} at about {launch_time}. "
        "Area concerned: {places}.",
        instruction="Take shelter inside a building or underground.",
        short="Rocket launched. A {rocket} appears to have been launched from {origin} at about "
        "{launch_time}. "
        "If you are in {places}: take shelter inside a building or underground.",
    ),
    (MessageKind.LAUNCH, Language.KOREAN): Template(
        event="로켓 발사 정보",
        headline="로켓 발사. 로켓 발사.",
        description="{launch_time}경 {origin}에서 {rocket}이 발사된 것으로 보입니다. 해당 지역은 "
        "{places}입니다.",
        instruction="건물 안이나 지하로 대피해 주시기 바랍니다.",
        short="로켓 발사. 로켓 발사. {launch_time}경 {origin}에서 {rocket}이 발사된 것으로 보입니다. "
        "{places}에 계신 분은 건물 안이나 지하로 대피해 주시기 바랍니다.",
    ),
    (MessageKind.OVERFLIGHT, Language.JAPANESE): Template(
        event="ロケット上空通過予測",
        headline="まもなく上空通過。まもなく上空通過。",
        description="{launch_time}頃に{origin}から発射された{rocket}は、{passage}、"
        "{places}周辺の上空を通過するものとみられます。",
        instruction="続報を伝達しますので、引き続き、建物の中、又は地下に避難して下さい。",
        short="まもなく上空通過。{origin}から発射された{rocket}は、{passage}、{places}周辺の上空を"
        "通過するものとみられます。引き続き、建物の中、又は地下に避難して下さい。",
    ),
    (MessageKind.OVERFLIGHT, Language.ENGLISH): Template(
        event="Rocket overflight forecast",
        headline="Rocket about to pass overhead. Rocket about to pass overhead.",
        description="The {rocket} launched from {origin} at about {launch_time} is expected to pass "
        "{passage} over or near {places}.",
        instruction="Take shelter and stay inside a building or underground. Further information will "
        "follow.",
        short="Rocket about to pass overhead. The {rocket} from {origin} is expected to pass {passage} over "
        "or "
        "near {places}. Take shelter and stay inside a building or underground.",
    ),
    (MessageKind.OVERFLIGHT, Language.KOREAN): Template(
        event="로켓 상공 통과 예측",
        headline="곧 로켓 상공 통과. 곧 로켓 상공 통과.",
        description="{launch_time}경 {origin}에서 발사된 {rocket}이 {passage} {places} 부근 상공을 "
        "통과할 것으로 보입니다.",
        instruction="추가 안내가 있을 때까지 건물 안이나 지하에 계속 대피해 주시기 바랍니다.",
        short="곧 로켓 상공 통과. {origin}에서 발사된 {rocket}이 {passage} {places} 부근 상공을 통과할 "
        "것으로 "
        "보입니다. 건물 안이나 지하에 계속 대피해 주시기 바랍니다.",
    ),
    (MessageKind.ALL_CLEAR, Language.JAPANESE): Template(
        event="ロケット通過情報",
        headline="ロケット通過。ロケット通過。避難の呼びかけを解除します。",
        description="{launch_time}頃に{origin}から発射された{rocket}は、{passed}ものとみられます。"
        "{places}の避難の呼びかけを解除します。",
        instruction=_REPORT_JA,
        short="ロケット通過。{places}の避難の呼びかけを解除します。{origin}から発射された{rocket}は、"
        "{passed}ものとみられます。" + _REPORT_JA,
    ),
    (MessageKind.ALL_CLEAR, Language.ENGLISH): Template(
        event="Rocket passed",
        headline="Rocket passed. The call to shelter is lifted.",
        description="The {rocket} launched from {origin} at about {launch_time} appears to have passed "
        "{passed}. The call to shelter is lifted in {places}.",
        instruction=_REPORT_EN,
        short="Rocket passed. The call to shelter is lifted in {places}. The {rocket} from {origin} appears "
        "to "
        "have passed {passed}. Never go near a suspicious object; call the police or fire service.",
    ),
    (MessageKind.ALL_CLEAR, Language.KOREAN): Template(
        event="로켓 통과 정보",
        headline="로켓 통과. 로켓 통과. 대피 요청을 해제합니다.",
        description="{launch_time}경 {origin}에서 발사된 {rocket}은 {passed} 것으로 보입니다. "
        "{places}의 대피 요청을 해제합니다.",
        instruction=_REPORT_KO,
        short="로켓 통과. {places}의 대피 요청을 해제합니다. {origin}에서 발사된 {rocket}은 {passed} "
        "것으로 보입니다. " + _REPORT_KO,
    ),
    (MessageKind.WILL_NOT_ARRIVE, Language.JAPANESE): Template(
        event="ロケット関連情報",
        headline="避難の呼びかけを解除します。",
        description="{launch_time}頃に{origin}から発射された{rocket}は、"
        "{country}には飛来しないものとみられます。"
        "{places}の避難の呼びかけを解除します。",
        instruction=_REPORT_JA,
        short="{places}の避難の呼びかけを解除します。{origin}から発射された{rocket}は、{country}には"
        "飛来しないものとみられます。" + _REPORT_JA,
    ),
    (MessageKind.WILL_NOT_ARRIVE, Language.ENGLISH): Template(
        event="Rocket will not arrive",
        headline="The call to shelter is lifted.",
        description="The {rocket} launched from {origin} at about {launch_time} is not expected to come to "
        "{country}. The call to shelter is lifted in {places}.",
        instruction=_REPORT_EN,
        short="The call to shelter is lifted in {places}. The {rocket} from {origin} is not expected to come "
        "to "
        "{country}. Never go near a suspicious object; call the police or fire service.",
    ),
    (MessageKind.WILL_NOT_ARRIVE, Language.KOREAN): Template(
        event="로켓 관련 정보",
        headline="대피 요청을 해제합니다.",
        description="{launch_time}경 {origin}에서 발사된 {rocket}은 {country}에는 날아오지 않을 것으로 "
        "보입니다. "
        "{places}의 대피 요청을 해제합니다.",
        instruction=_REPORT_KO,
        short="{places}의 대피 요청을 해제합니다. {origin}에서 발사된 {rocket}은 {country}에는 날아오지 않을 "
        "것으로 보입니다. " + _REPORT_KO,
    ),
    (MessageKind.COME_DOWN, Language.JAPANESE): Template(
        event="ロケット落下情報",
        headline="避難の呼びかけを解除します。",
        description="{launch_time}頃に{origin}から発射された{rocket}は、落下の途中まで観測されており、"
        "既に落下したものとみられます。{places}の避難の呼びかけを解除します。",
        instruction=_REPORT_JA,
        short="{places}の避難の呼びかけを解除します。{origin}から発射された{rocket}は、落下の途中まで"
        "観測されており、既に落下したものとみられます。" + _REPORT_JA,
    ),
    (MessageKind.COME_DOWN, Language.ENGLISH): Template(
        event="Rocket fallen",
        headline="The call to shelter is lifted.",
        description="The {rocket} launched from {origin} at about {launch_time} was seen falling until it "
        "was out of sight and must have come down by now. The call to shelter is lifted in {places}.",
        instruction=_REPORT_EN,
        short="The call to shelter is lifted in {places}. The {rocket} from {origin} was seen falling and "
        "must have come down by now. Never go near a suspicious object; call the police or fire service.",
    ),
    (MessageKind.COME_DOWN, Language.KOREAN): Template(
        event="로켓 낙하 정보",
        headline="대피 요청을 해제합니다.",
        description="{launch_time}경 {origin}에서 발사된 {rocket}은 낙하 도중까지 관측되었으며 이미 낙하한 "
        "것으로 보입니다. {places}의 대피 요청을 해제합니다.",
        instruction=_REPORT_KO,
        short="{places}의 대피 요청을 해제합니다. {origin}에서 발사된 {rocket}은 낙하 도중까지 관측되었으며 "
        "이미 낙하한 것으로 보입니다. " + _REPORT_KO,
    ),
    (MessageKind.RETRACTION, Language.JAPANESE): Template(
        event="訂正情報",
        headline="訂正。訂正。先程の情報は誤りでした。取り消します。",
        description="{issued_time}に{places}へ伝達したロケットに関する情報は、誤りでした。"
        "この情報を取り消します。避難の必要はありません。",
        instruction="避難された方は、外に出ていただいて差し支えありません。",
        short="訂正。訂正。{issued_time}に{places}へ伝達したロケットに関する情報は、誤りでした。"
        "この情報を取り消します。避難の必要はありません。",
    ),
    (MessageKind.RETRACTION, Language.ENGLISH): Template(
        event="Correction",
        headline="Correction. The earlier alert was an error and is withdrawn.",
        description="The rocket alert sent to {places} at {issued_time} was an error. It is withdrawn. "
        "There is no need to shelter.",
        instruction="If you took shelter, you can come out.",
        short="Correction. The rocket alert sent to {places} at {issued_time} was an error. It is withdrawn. "
        "There is no need to shelter.",
    ),
    (MessageKind.RETRACTION, Language.KOREAN): Template(
        event="정정 정보",
        headline="정정. 정정. 앞서 보낸 정보는 잘못된 것으로, 취소합니다.",
        description="{issued_time}에 {places}에 보낸 로켓 관련 정보는 잘못된 것입니다. 이 정보를 취소합니다. "
        "대피하실 필요가 없습니다.",
        instruction="대피하신 분은 밖으로 나오셔도 됩니다.",
        short="정정. 정정. {issued_time}에 {places}에 보낸 로켓 관련 정보는 잘못된 것입니다. 이 정보를 "
        "취소합니다. "
        "대피하실 필요가 없습니다.",
    ),
}

COUNTRY_WORDS: dict[str, Words] = {
    "CN": Words("中国", "China", "중국"),
    "JP": Words("日本", "Japan", "일본"),
    "KP": Words("北朝鮮", "North Korea", "북한"),
    "KR": Words("韓国", "South Korea", "한국"),
    "PH": Words("フィリピン", "the Philippines", "필리핀"),
    "RU": Words("ロシア", "Russia", "러시아"),
    "TW": Words("台湾", "Taiwan", "대만"),
}
"""Countries and areas by ISO 3166-1 code, as public texts call them."""

OWN_COUNTRY_WORDS: dict[str, Words] = {
    "JP": Words("我が国", "Japan", "일본"),
    "KR": Words("韓国", "South Korea", "우리나라"),
}
"""The same where a country speaks of itself to its own people."""

AREA_WORDS = Words("対象地域", "the area concerned", "해당 지역")
"""Said where a country is in neither table."""
