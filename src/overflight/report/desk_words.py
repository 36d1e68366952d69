"""The operator's page in Japanese, English and Korean: one row a phrase."""

from __future__ import annotations

from overflight.warning.names import Language

_ROWS: dict[str, tuple[str, str, str]] = {
    "real": ("実警報", "real alert", "실제 경보"),
    "drill": ("訓練", "drill", "훈련"),
    "drill_says": (
        "これは訓練です。ここから実際の受信者には何も届きません。",
        "This is a drill. Nothing here reaches a real receiver.",
        "이것은 훈련입니다. 실제 수신자에게는 아무것도 보내지지 않습니다.",
    ),
    "since": ("発射から", "since lift-off", "발사 후"),
    "head_wait": (
        "{kind}が承認を待っています（{places}市町村）。",
        "{kind} waits for approval: {places} municipalities.",
        "{kind}: 승인 대기({places}개 지역).",
    ),
    "head_send": (
        "{kind}は承認済みです。送信できます（{places}市町村）。",
        "{kind} is approved and can be sent: {places} municipalities.",
        "{kind}: 승인 완료. 보낼 수 있습니다({places}개 지역).",
    ),
    "head_calls": (
        "{places}市町村に避難を呼びかけています。",
        "{places} municipalities are called to shelter.",
        "{places}개 지역에 대피를 요청하고 있습니다.",
    ),
    "head_quiet": ("今、決めることはありません。", "Nothing to decide now.", "지금 결정할 것이 없습니다."),
    "launch": ("発射情報・避難の呼びかけ", "Launch notice and shelter call", "발사 정보·대피 요청"),
    "overflight": (
        "上空通過予測・避難の呼びかけ",
        "Overflight notice and shelter call",
        "통과 예측·대피 요청",
    ),
    "all_clear": ("通過・解除", "All clear: passed", "통과·해제"),
    "will_not_arrive": ("飛来せず・解除", "All clear: will not arrive", "날아오지 않음·해제"),
    "retraction": ("訂正・取り消し", "Correction: withdraw the alert", "정정·취소"),
    "left": ("{time}までに判断", "left to decide, until {time}", "{time}까지 결정"),
    "late": (
        "避難の時間が足りません。直ちに判断",
        "too late for full shelter time: decide now",
        "대피 시간이 부족합니다. 즉시 결정",
    ),
    "why": ("理由", "Why now", "이유"),
    "first": ("最初の市町村", "First town", "첫 지역"),
    "certainty": ("確かさ", "Certainty", "정확도"),
    "certainty_says": (
        "経路の幅 ± {km} km（90 %）、{n}センサー",
        "path ± {km} km (90 %), {n} sensors",
        "경로 폭 ± {km} km (90 %), 센서 {n}개",
    ),
    "debris": ("陸への落下", "Debris on land", "육지 낙하"),
    "debris_says": ("1市町村で最大 {p}", "at most {p} for one town", "한 지역에서 최대 {p}"),
    "against": ("反対の根拠", "Against it", "반대 근거"),
    "nothing_against": ("なし", "nothing known", "없음"),
    "area": ("地域", "Area", "지역"),
    "area_says": (
        "{n}市町村。可能性のある{left}は対象外",
        "{n} towns; {left} with some chance left out",
        "{n}개 지역. 가능성 있는 {left}곳 제외",
    ),
    "no_track": ("航跡の情報がありません", "No track message yet", "항적 정보 없음"),
    "by_basis": ("この文案の根拠", "What the draft was made from", "이 문안의 근거"),
    "coasts": (
        "観測が途切れ、予測だけで追っています",
        "No measurement now: the track goes on by prediction alone",
        "관측이 끊겨 예측만으로 추적 중",
    ),
    "rings": ("多角形{n}", "{n} rings", "다각형 {n}개"),
    "expires": ("{time}に期限切れ", "expires {time}", "{time} 만료"),
    "plans": ("事前承認の計画", "Pre-authorised plans", "사전 승인 계획"),
    "plans_say": (
        "発表された発射のために二人が事前に承認した計画は、条件がすべて満たされた時に一度だけ自動で送られます。",
        "Two people approved it beforehand for an announced launch: it goes out by itself, once, if "
        "everything it states holds.",
        "발표된 발사를 위해 두 사람이 미리 승인한 계획은 모든 조건이 맞을 때 한 번만 자동으로 보내집니다.",
    ),
    "plan_prepared": ("承認待ち", "waits for people", "승인 대기"),
    "plan_approved": ("有効", "stands", "유효"),
    "plan_held": ("停止中", "held", "중지됨"),
    "plan_used": ("使用済み", "used", "사용됨"),
    "plan_expired": ("期限切れ", "expired", "만료"),
    "plan_of": (
        "{n}市町村、{begin}から{end}まで",
        "{n} towns, from {begin} to {end}",
        "{n}개 지역, {begin}~{end}",
    ),
    "plan_by": ("承認: {people}", "approved by {people}", "승인: {people}"),
    "plan_not": (
        "この発射には使われません",
        "does not stand for this launch",
        "이 발사에는 쓰이지 않음",
    ),
    "plan_stop": ("計画を止める", "Hold the plan", "계획 중지"),
    "plan_list": ("すべての計画", "All plans", "모든 계획"),
    "plan_none": ("計画はありません。", "There is no plan.", "계획이 없습니다."),
    "plan_conditions": ("条件", "Conditions", "조건"),
    "plan_events": ("使われた発射", "Used for", "사용된 발사"),
    "to_events": ("発射の一覧へ", "To the events", "발사 목록으로"),
    "approval": ("承認{n}", "Approval {n}", "승인 {n}"),
    "you": ("あなた", "you", "본인"),
    "another": ("別の担当者", "another person", "다른 담당자"),
    "approve": ("承認する", "Approve", "승인"),
    "approve_last": (
        "承認して{n}市町村に送る",
        "Approve and send to {n} towns",
        "승인하고 {n}개 지역에 보내기",
    ),
    "send": ("{n}市町村に送る", "Send to {n} towns", "{n}개 지역에 보내기"),
    "send_drill": (
        "訓練を{n}市町村の訓練受信者に送る",
        "Send DRILL to the drill receivers of {n} towns",
        "훈련을 {n}개 지역 훈련 수신자에게 보내기",
    ),
    "waits_other": (
        "あなたは承認しました。別の一人が必要です。",
        "You have approved. Another person must too.",
        "승인하셨습니다. 다른 한 사람이 필요합니다.",
    ),
    "no_right": ("閲覧のみ", "View only", "보기 전용"),
    "hold": ("保留", "Hold", "보류"),
    "discard": ("破棄", "Discard", "폐기"),
    "code": ("6桁のコード", "Six-digit code", "6자리 코드"),
    "phrase": (
        "「{phrase}」と入力すると送れます",
        "Type “{phrase}” to enable",
        "“{phrase}”를 입력하면 보낼 수 있습니다",
    ),
    "bound": (
        "文面か地域を変えると、承認は取り消されます。",
        "Any change to text or area cancels the approvals.",
        "문구나 지역을 바꾸면 승인이 취소됩니다.",
    ),
    "draft": ("文案", "The draft", "문안"),
    "ready": ("準備済みの文案", "Drafted already, ready when needed", "준비된 문안"),
    "waits_evidence": ("根拠を待つ", "waits for evidence", "근거 대기"),
    "waits_people": ("承認を待つ", "waits for people", "승인 대기"),
    "towns": ("市町村の応答", "Towns: who has answered", "지역 응답"),
    "town": ("市町村", "Town", "지역"),
    "closest": ("最接近", "Closest", "최접근"),
    "chance": ("通過の確率", "Chance", "확률"),
    "receipt": ("受信確認", "Receipt", "수신 확인"),
    "report": ("被害報告", "Report", "피해 보고"),
    "silent": ("応答なし", "silent", "무응답"),
    "no_damage": ("被害なし", "No damage", "피해 없음"),
    "damage": ("被害あり", "Damage", "피해 있음"),
    "object_found": ("落下物あり", "Object found", "낙하물 발견"),
    "answered": ("{n}／{all} 応答", "{n} of {all} answered", "{n}/{all} 응답"),
    "more": ("ほか{n}", "and {n} more", "외 {n}"),
    "sent": ("送信済み", "Sent", "보낸 경보"),
    "channels": ("配信経路", "Channels", "전달 경로"),
    "failed": ("失敗", "failed", "실패"),
    "list": ("地図と同じ内容の一覧", "Same content as a list", "지도와 같은 내용의 목록"),
    "map": ("航跡と対象地域の地図", "Map of the track and the area", "항적과 대상 지역 지도"),
    "map_says": (
        "実線は観測、点線は予測と90 %の幅。黄色は文案の対象地域。",
        "Solid: measured. Dotted: predicted, with its 90 % band. Yellow: the area of the draft.",
        "실선은 관측, 점선은 예측과 90 % 폭. 노란색은 문안의 대상 지역.",
    ),
    "now": ("現在", "now", "현재"),
    "stale": (
        "接続が切れました。表示は{time}のものです。",
        "Connection lost. This is the state of {time}.",
        "연결이 끊겼습니다. {time}의 상태입니다.",
    ),
    "phase_issued": ("有効", "in force", "유효"),
    "phase_updated": ("更新された", "updated", "갱신됨"),
    "phase_lifted": ("解除", "lifted", "해제"),
    "phase_cancelled": ("取り消し", "cancelled", "취소"),
    "phase_expired": ("期限切れ", "expired", "만료"),
}

PHRASE = "訓練を送る DRILL"
"""What is typed before a drill can be sent: the same in every language, and in no real alert."""

LANGUAGES = tuple(zip((one.value for one in Language), ("日本語", "English", "한국어"), strict=True))
"""Languages of the page, by tag and by their own names."""

_COLUMN = {Language.JAPANESE: 0, Language.ENGLISH: 1, Language.KOREAN: 2}


def desk_words(language: Language) -> dict[str, str]:
    """Return every phrase of the page in one language, by its name."""
    return {name: row[_COLUMN[language]] for name, row in _ROWS.items()}
