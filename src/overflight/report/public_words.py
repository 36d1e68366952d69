"""What the public page says in its own words: Japanese, English, Korean, and Japanese made easy.

The texts of the alerts themselves are quoted from what was sent; these are the sentences round them.
Easy Japanese follows the guideline of the Immigration Services Agency and the Agency for Cultural
Affairs (在留支援のためのやさしい日本語ガイドライン, 2020): short sentences, one thing each, common words,
readings over the kanji.  A reading is written 避難《ひなん》 and shown as ruby.
"""

from __future__ import annotations

from dataclasses import dataclass

from overflight.report.public_notice import CallState
from overflight.warning.names import Language
from overflight.warning.templates import MessageKind


@dataclass(frozen=True, slots=True)
class PageWords:
    """The sentences of one edition. ``lead`` is (first sentence, next) by state."""

    tag: str
    file: str
    is_easy: bool
    name: str
    language: Language
    lead: dict[CallState, tuple[str, str]]
    badge: dict[CallState, str]
    drill: str
    drill_lead: str
    outside_title: str
    outside: dict[bool, str]
    found_title: str
    found: str
    updated: str
    until: str
    reload: str
    who_called: str
    who_released: str
    happened: str
    map_title: str
    map_words: str
    kinds: dict[MessageKind, str]
    about: str


JAPANESE = PageWords(
    tag="ja",
    file="ja.html",
    is_easy=False,
    name="日本語",
    language=Language.JAPANESE,
    lead={
        CallState.SHELTER: (
            "直ちに建物の中、又は地下に避難して下さい。",
            "窓から離れて下さい。解除の知らせがあるまで、そのまま避難を続けて下さい。",
        ),
        CallState.RUN_OUT: (
            "引き続き、建物の中、又は地下にいて下さい。",
            "避難の呼びかけの期限が過ぎましたが、解除はまだ確認されていません。市町村の指示に従って下さい。",
        ),
        CallState.WITHDRAWN: (
            "避難の必要はありません。警報は誤りでした。",
            "先に出した警報を取り消しました。外に出て差し支えありません。",
        ),
        CallState.PASSED: (
            "避難の必要はありません。避難の呼びかけを解除しました。",
            "ロケットは通過したものとみられます。",
        ),
        CallState.WILL_NOT_ARRIVE: (
            "避難の必要はありません。避難の呼びかけを解除しました。",
            "ロケットは飛来しないものとみられます。",
        ),
        CallState.COME_DOWN: (
            "避難の必要はありません。避難の呼びかけを解除しました。",
            "ロケットは既に落下したものとみられます。",
        ),
        CallState.NONE: ("現在、避難の必要はありません。", "警報は出ていません。"),
    },
    badge={
        CallState.SHELTER: "避難の呼びかけ中",
        CallState.RUN_OUT: "解除未確認",
        CallState.WITHDRAWN: "取り消し",
        CallState.PASSED: "解除",
        CallState.WILL_NOT_ARRIVE: "解除",
        CallState.COME_DOWN: "解除",
        CallState.NONE: "警報なし",
    },
    drill="訓練",
    drill_lead="これは訓練です。実際の警報ではありません。",
    outside_title="下の市町村の外にいる方へ",
    outside={
        True: "対象地域の外です。何もする必要はありません。対象が広がる場合は、このページを直ちに改めます。",
        False: "初めから対象地域の外でした。何もする必要はありません。",
    },
    found_title="不審な物を発見した場合は、",
    found="決して近寄らず、直ちに警察や消防などに連絡して下さい。",
    updated="{time}更新。",
    until="この呼びかけは、遅くとも{time}まで続きます。変化があれば、このページを直ちに改めます。",
    reload="最新の内容を読み込む",
    who_called="避難を呼びかけている市町村",
    who_released="解除された市町村",
    happened="これまでの経過",
    map_title="対象地域の地図",
    map_words="黄色は対象地域、青い点線は予測される経路です。市町村名は一覧にあります。",
    kinds={
        MessageKind.LAUNCH: "発射、避難の呼びかけ",
        MessageKind.OVERFLIGHT: "上空通過の予測、避難の呼びかけ",
        MessageKind.ALL_CLEAR: "通過、解除",
        MessageKind.WILL_NOT_ARRIVE: "飛来せず、解除",
        MessageKind.COME_DOWN: "落下、解除",
        MessageKind.RETRACTION: "訂正、取り消し",
    },
    about="このページは計算機による追跡と、二人の担当者の承認に基づいて出された警報をそのまま示します。",
)

ENGLISH = PageWords(
    tag="en",
    file="en.html",
    is_easy=False,
    name="English",
    language=Language.ENGLISH,
    lead={
        CallState.SHELTER: (
            "Take shelter now, inside a building or underground.",
            "Keep away from windows. Stay there until the call is lifted.",
        ),
        CallState.RUN_OUT: (
            "Stay inside a building or underground.",
            "The call to shelter has reached its time limit, but nobody has confirmed an all-clear. "
            "Follow your municipality.",
        ),
        CallState.WITHDRAWN: (
            "No action needed. The alert was an error.",
            "It is withdrawn. If you took shelter, you can come out.",
        ),
        CallState.PASSED: (
            "No action needed. You can leave your shelter.",
            "The call to shelter is lifted. The rocket appears to have passed.",
        ),
        CallState.WILL_NOT_ARRIVE: (
            "No action needed. You can leave your shelter.",
            "The call to shelter is lifted. The rocket is not expected to come here.",
        ),
        CallState.COME_DOWN: (
            "No action needed. You can leave your shelter.",
            "The call to shelter is lifted. The rocket must have come down by now.",
        ),
        CallState.NONE: ("No action needed.", "There is no alert."),
    },
    badge={
        CallState.SHELTER: "Call to shelter",
        CallState.RUN_OUT: "Not confirmed as over",
        CallState.WITHDRAWN: "Withdrawn",
        CallState.PASSED: "Lifted",
        CallState.WILL_NOT_ARRIVE: "Lifted",
        CallState.COME_DOWN: "Lifted",
        CallState.NONE: "No alert",
    },
    drill="Drill",
    drill_lead="This is a drill. There is no real alert.",
    outside_title="Not in a municipality listed below?",
    outside={
        True: "You are outside the warned area. You have nothing to do. If the area grows, this page says so "
        "at once.",
        False: "You were outside the warned area the whole time. You have nothing to do.",
    },
    found_title="Found a strange object?",
    found="Never go near it. Call the police or the fire service at once.",
    updated="Updated {time}.",
    until="This call lasts until {time} at the latest. This page changes at once when something changes.",
    reload="Load the newest version",
    who_called="Municipalities called to shelter",
    who_released="Municipalities no longer called",
    happened="What happened",
    map_title="Map of the area concerned",
    map_words="Yellow: the area concerned. Dotted blue: the predicted path. The list names the "
    "municipalities.",
    kinds={
        MessageKind.LAUNCH: "Launch: call to shelter",
        MessageKind.OVERFLIGHT: "Overflight forecast: call to shelter",
        MessageKind.ALL_CLEAR: "Passed: call lifted",
        MessageKind.WILL_NOT_ARRIVE: "Will not arrive: call lifted",
        MessageKind.COME_DOWN: "Come down: call lifted",
        MessageKind.RETRACTION: "Correction: alert withdrawn",
    },
    about="This page shows the alerts as they were sent, after tracking by computer and approval by two "
    "people.",
)

KOREAN = PageWords(
    tag="ko",
    file="ko.html",
    is_easy=False,
    name="한국어",
    language=Language.KOREAN,
    lead={
        CallState.SHELTER: (
            "즉시 건물 안이나 지하로 대피해 주십시오.",
            "창문에서 떨어져 주십시오. 해제 안내가 있을 때까지 그대로 대피해 주십시오.",
        ),
        CallState.RUN_OUT: (
            "계속 건물 안이나 지하에 머물러 주십시오.",
            "대피 요청의 기한이 지났으나 해제는 아직 확인되지 않았습니다. 지자체의 안내를 따라 주십시오.",
        ),
        CallState.WITHDRAWN: (
            "대피하실 필요가 없습니다. 경보는 잘못된 것이었습니다.",
            "앞서 보낸 경보를 취소했습니다. 밖으로 나오셔도 됩니다.",
        ),
        CallState.PASSED: (
            "대피하실 필요가 없습니다. 밖으로 나오셔도 됩니다.",
            "대피 요청을 해제했습니다. 로켓은 통과한 것으로 보입니다.",
        ),
        CallState.WILL_NOT_ARRIVE: (
            "대피하실 필요가 없습니다. 밖으로 나오셔도 됩니다.",
            "대피 요청을 해제했습니다. 로켓은 날아오지 않을 것으로 보입니다.",
        ),
        CallState.COME_DOWN: (
            "대피하실 필요가 없습니다. 밖으로 나오셔도 됩니다.",
            "대피 요청을 해제했습니다. 로켓은 이미 낙하한 것으로 보입니다.",
        ),
        CallState.NONE: ("지금은 대피하실 필요가 없습니다.", "발령된 경보가 없습니다."),
    },
    badge={
        CallState.SHELTER: "대피 요청 중",
        CallState.RUN_OUT: "해제 미확인",
        CallState.WITHDRAWN: "취소",
        CallState.PASSED: "해제",
        CallState.WILL_NOT_ARRIVE: "해제",
        CallState.COME_DOWN: "해제",
        CallState.NONE: "경보 없음",
    },
    drill="훈련",
    drill_lead="이것은 훈련입니다. 실제 경보가 없습니다.",
    outside_title="아래 지역 밖에 계신 분",
    outside={
        True: "경보 대상 지역 밖입니다. 아무것도 하실 필요가 없습니다. 대상이 넓어지면 이 페이지를 즉시 "
        "고칩니다.",
        False: "처음부터 경보 대상 지역이 아니었습니다. 아무것도 하실 필요가 없습니다.",
    },
    found_title="수상한 물체를 발견하면",
    found="절대 가까이 가지 말고 즉시 경찰이나 소방에 신고해 주십시오.",
    updated="{time} 갱신.",
    until="이 요청은 늦어도 {time}까지 이어집니다. 변동이 있으면 이 페이지를 즉시 고칩니다.",
    reload="최신 내용 불러오기",
    who_called="대피를 요청한 지역",
    who_released="해제된 지역",
    happened="경과",
    map_title="해당 지역 지도",
    map_words="노란색은 해당 지역, 파란 점선은 예상 경로입니다. 지역 이름은 목록에 있습니다.",
    kinds={
        MessageKind.LAUNCH: "발사, 대피 요청",
        MessageKind.OVERFLIGHT: "상공 통과 예측, 대피 요청",
        MessageKind.ALL_CLEAR: "통과, 해제",
        MessageKind.WILL_NOT_ARRIVE: "날아오지 않음, 해제",
        MessageKind.COME_DOWN: "낙하, 해제",
        MessageKind.RETRACTION: "정정, 취소",
    },
    about="이 페이지는 컴퓨터 추적과 담당자 두 사람의 승인을 거쳐 나간 경보를 그대로 보여 줍니다.",
)

EASY_JAPANESE = PageWords(
    tag="ja",
    file="easy.html",
    is_easy=True,
    name="やさしい日本語",
    language=Language.JAPANESE,
    lead={
        CallState.SHELTER: (
            "今《いま》 すぐ、建物《たてもの》の 中《なか》か 地下《ちか》に 入《はい》って ください。",
            "窓《まど》から 離《はな》れて ください。「もう 大丈夫《だいじょうぶ》」の お知《し》らせまで、"
            "外《そと》に 出《で》ないで ください。",
        ),
        CallState.RUN_OUT: (
            "まだ 建物《たてもの》の 中《なか》に いて ください。",
            "安全《あんぜん》か どうか、まだ わかりません。市役所《しやくしょ》や 町《まち》の "
            "お知《し》らせを 聞《き》いて ください。",
        ),
        CallState.WITHDRAWN: (
            "逃《に》げなくて いいです。お知《し》らせは 間違《まちが》いでした。",
            "外《そと》に 出《で》ても いいです。",
        ),
        CallState.PASSED: (
            "もう 大丈夫《だいじょうぶ》です。外《そと》に 出《で》ても いいです。",
            "ロケットは 通《とお》り過《す》ぎたと 考《かんが》えられます。",
        ),
        CallState.WILL_NOT_ARRIVE: (
            "もう 大丈夫《だいじょうぶ》です。外《そと》に 出《で》ても いいです。",
            "ロケットは ここに 来《こ》ないと 考《かんが》えられます。",
        ),
        CallState.COME_DOWN: (
            "もう 大丈夫《だいじょうぶ》です。外《そと》に 出《で》ても いいです。",
            "ロケットは もう 落《お》ちたと 考《かんが》えられます。",
        ),
        CallState.NONE: (
            "今《いま》は 何《なに》も しなくて いいです。",
            "危《あぶ》ない お知《し》らせは ありません。",
        ),
    },
    badge={
        CallState.SHELTER: "危《あぶ》ない",
        CallState.RUN_OUT: "まだ わかりません",
        CallState.WITHDRAWN: "間違《まちが》い",
        CallState.PASSED: "大丈夫《だいじょうぶ》",
        CallState.WILL_NOT_ARRIVE: "大丈夫《だいじょうぶ》",
        CallState.COME_DOWN: "大丈夫《だいじょうぶ》",
        CallState.NONE: "お知《し》らせ なし",
    },
    drill="訓練《くんれん》",
    drill_lead="これは 訓練《くんれん》（練習《れんしゅう》）です。本当《ほんとう》では ありません。",
    outside_title="下《した》に 書《か》いて ある 町《まち》に いない 人《ひと》",
    outside={
        True: "何《なに》も しなくて いいです。変《か》わったら、すぐに ここに 書《か》きます。",
        False: "何《なに》も しなくて いいです。",
    },
    found_title="知《し》らない 物《もの》が 落《お》ちて いたら、",
    found="近《ちか》くに 行《い》かないで ください。すぐに 電話《でんわ》して ください。",
    updated="{time}に 書《か》きました。",
    until="長《なが》くても {time}までです。変《か》わったら、すぐに ここに 書《か》きます。",
    reload="新《あたら》しい お知《し》らせを 見《み》る",
    who_called="建物《たてもの》に 入《はい》る 町《まち》",
    who_released="もう 大丈夫《だいじょうぶ》な 町《まち》",
    happened="今《いま》までの こと",
    map_title="地図《ちず》",
    map_words="黄色《きいろ》い ところの 人《ひと》への お知《し》らせです。青《あお》い 線《せん》は "
    "ロケットの 道《みち》です。",
    kinds={
        MessageKind.LAUNCH: "ロケットが 飛《と》びました。建物《たてもの》に 入《はい》って ください。",
        MessageKind.OVERFLIGHT: "ロケットが 上《うえ》を 通《とお》ります。"
        "建物《たてもの》に いて ください。",
        MessageKind.ALL_CLEAR: "通《とお》り過《す》ぎました。もう 大丈夫《だいじょうぶ》です。",
        MessageKind.WILL_NOT_ARRIVE: "来《き》ません。もう 大丈夫《だいじょうぶ》です。",
        MessageKind.COME_DOWN: "落《お》ちました。もう 大丈夫《だいじょうぶ》です。",
        MessageKind.RETRACTION: "間違《まちが》いでした。",
    },
    about="この ページは、町《まち》に 送《おく》った お知《し》らせを 書《か》いて います。",
)

EDITIONS = (JAPANESE, ENGLISH, KOREAN, EASY_JAPANESE)
"""All editions of the page; a notice is written in each."""

PHONES = {
    "JP": (
        ("警察《けいさつ》", "Police", "경찰", "110"),
        ("消防《しょうぼう》", "Fire", "소방", "119"),
        ("海上保安庁《かいじょうほあんちょう》", "Coast guard", "해상보안청", "118"),
    ),
    "KR": (
        ("警察《けいさつ》", "Police", "경찰", "112"),
        ("消防《しょうぼう》", "Fire, rescue", "소방", "119"),
    ),
    "TW": (
        ("警察《けいさつ》", "Police", "경찰", "110"),
        ("消防《しょうぼう》", "Fire", "소방", "119"),
        ("海巡署《かいじゅんしょ》", "Coast guard", "해안경비대", "118"),
    ),
}
"""Whom to call about an object, by country: names in Japanese, English, Korean, and the number."""
