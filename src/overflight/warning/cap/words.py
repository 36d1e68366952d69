"""Words that tell a drill from the real, and letters that have no place in a public text."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_DRILL = re.compile(
    r"n(?:o|['\u2019])t\s+(?:a|an|any)\s+(?:\w+\s+){0,2}(?:drill|exercise|test)|\bno\s+(?:drill|exercise|test)\b"
    r"|(?:訓練|演習|試験|テスト)(?:放送|電文|情報)?(?:では|でも|で|じゃ)(?:ありません|ない|なく|ございません|あらず)"
    r"|(?:훈련|시험|연습|테스트)(?:\s*상황)?(?:이|은|가|는)?\s*아[니닌닙님]|실제\s*상황"
    r"|(?:不是|并非|並非)(?:一[次场場个個])?(?:演习|演習|训练|訓練|测试|測試)",
    re.IGNORECASE,
)
# what looks like a mark and is none: subjects of a sentence, and ways of speaking
_NO_MARK = re.compile(
    r"exercis(?:e|ing)\s+(?:\w+\s+){0,2}(?:caution|care|restraint|judge?ment|vigilance)"
    r"|\b(?:tests|testing)\s+(?:of|for)\s+(?!(?:\w+\s+){0,4}(?:alert|warning|emergency|system|siren))"
    r"|\b(?:tests|testing)\s+(?:shows?|found|confirms?|cent(?:er|re)s?)\b"
    r"|\btest(?:s|ed|ing)?\s+(?:positive|negative|results?)|(?:laboratory|lab|further)\s+test(?:s|ing)"
    r"|(?:nuclear|missile|rocket|engine|weapons?|blood|water|covid(?:-19)?|pcr)\s+tests?"
    r"|tests?[\s-]+(?:launch|flight|fir|site|range|kit|result)\w*|drill\s*(?:ing|ship|rig|hole|platform)s?"
    r"|(?:発射|核|飛行|燃焼|打ち上げ|打上げ)(?:実験|試験|テスト)|(?:試験|テスト)(?:発射|飛行|場|機)|入学試験|入試"
    r"|시험\s*(?:발사|비행|장)|핵\s*시험|수능\s*시험",
    re.IGNORECASE,
)
_MARKS = {
    "en": re.compile(r"\b(?:drills?|exercises?|tests?|testing)\b", re.IGNORECASE),
    "ja": re.compile(r"訓練|演習|試験|テスト"),
    "ko": re.compile(r"훈련|연습|시험|테스트"),
}
_HTML = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|<!\[CDATA|<\?|&(?:[a-zA-Z]+|#\d+|#x[0-9a-fA-F]+);", re.ASCII)

# joiners and marks of direction that scripts need; overrides, embeddings and isolates are not among them
_NEEDED_FORMATS = frozenset("\u200c\u200d\u200e\u200f\u061c\u00ad\u2060")

# Cyrillic and Greek capitals and small letters that look like Latin ones
_LOOKALIKES = dict(
    zip(
        "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "ABESIJKMHOPCTYXaesijopcyxdhABEZHIKMNOPTYXo",
        strict=True,
    )
)
_LATIN_OF = str.maketrans(_LOOKALIKES)


def denies_drill(text: str) -> bool:
    """Return whether a text says that it is no drill, in Japanese, English or Korean."""
    return _NOT_A_DRILL.search(unicodedata.normalize("NFKC", text)) is not None


def marks_drill(text: str, language: str | None = None) -> bool:
    """Return whether a text is marked as drill or test, in one language (``ja``) or in any known."""
    rest = unicodedata.normalize("NFKC", text).translate(_LATIN_OF)
    rest = _NO_MARK.sub(" ", _NOT_A_DRILL.sub(" ", rest))
    patterns = _MARKS.values() if language is None else [_MARKS[language]]
    return any(pattern.search(rest) for pattern in patterns)


def knows(language: str) -> bool:
    """Return whether the marks of a language are known."""
    return language in _MARKS


def has_html(text: str) -> bool:
    """Return whether a text holds markup."""
    return _HTML.search(text) is not None


def disguised_word(text: str) -> str | None:
    """Return the first word that mixes Latin letters with their doubles of other alphabets, else None."""
    if text.isascii():
        return None
    return next(
        (
            word
            for word in re.findall(r"\w+", text)
            if not word.isascii()
            and any(letter in _LOOKALIKES for letter in word)
            and sum(letter.isascii() and letter.isalpha() for letter in word) >= 2
        ),
        None,
    )


def hidden_letter(text: str) -> str | None:
    """Return the first letter that hides or turns text, as ``U+202E``; None if there is none."""
    if text.isascii() and text.isprintable():
        return None
    for letter in text:
        category = unicodedata.category(letter)
        is_bad = category in ("Cf", "Co", "Cn", "Zl", "Zp") and letter not in _NEEDED_FORMATS
        if is_bad or (category == "Cc" and letter not in "\t\n\r"):
            return f"U+{ord(letter):04X}"
    return None
