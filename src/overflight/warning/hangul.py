"""Japanese place names in Hangul, and the particle that follows a Korean noun.

Municipal names come in kanji and in Hepburn romanization ("Kumejima Town").  A Korean reader needs
Hangul, and Korea has one official way to write Japanese sounds: the table "Japanese kana and Hangul"
of the Loanword Orthography (외래어 표기법, Ministry of Education notice 85-11 of 1986, chapter 2
table 4 and chapter 3 section 6): a plain consonant at the start of a word and an aspirated one inside
it, the syllabic n as a final ㄴ, the doubled consonant as a final ㅅ, long vowels not marked.  Place
names in English leave the long o and u out already, so "oo" and "ou" there are two syllables
(Setouchi, 세토우치); "ii" is a long vowel (Niigata, 니가타).
"""

from __future__ import annotations

import re
import unicodedata

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINAL_N, _FINAL_S, _FINAL_L = 4, 19, 8
_HANGUL_FIRST, _HANGUL_LAST = 0xAC00, 0xD7A3

# Hepburn onset: (initial at the start of a word, initial inside it); y-sounds are in the vowel
_ONSETS = {
    "": ("ㅇ", "ㅇ"), "k": ("ㄱ", "ㅋ"), "g": ("ㄱ", "ㄱ"), "s": ("ㅅ", "ㅅ"), "sh": ("ㅅ", "ㅅ"),
    "z": ("ㅈ", "ㅈ"), "j": ("ㅈ", "ㅈ"), "t": ("ㄷ", "ㅌ"), "ch": ("ㅈ", "ㅊ"), "ts": ("ㅆ", "ㅆ"),
    "d": ("ㄷ", "ㄷ"), "n": ("ㄴ", "ㄴ"), "h": ("ㅎ", "ㅎ"), "f": ("ㅎ", "ㅎ"), "b": ("ㅂ", "ㅂ"),
    "p": ("ㅍ", "ㅍ"), "m": ("ㅁ", "ㅁ"), "r": ("ㄹ", "ㄹ"),
}  # fmt: skip
_PLAIN = {"a": "ㅏ", "i": "ㅣ", "u": "ㅜ", "e": "ㅔ", "o": "ㅗ"}
_PALATAL = {"a": "ㅑ", "u": "ㅠ", "o": "ㅛ"}
_W = {"a": "ㅘ", "o": "ㅗ"}
_SUFFIXES = {"City": "시", "Town": "정", "Village": "촌", "Ward": "구", "Prefecture": "현"}
_KANJI_SUFFIXES = {"県": "현", "府": "부", "都": "도", "市": "시", "町": "정", "村": "촌", "区": "구"}

_SYLLABLE = re.compile(
    r"(?P<double>kk|ss(?=h)|ss|tt(?=s)|tt|pp|t(?=ch))?"
    r"(?P<onset>ky|gy|ny|hy|by|py|my|ry|sh|ch|ts|[kgsztdnhfbpmrjwy])?"
    r"(?P<vowel>[aiueo])"
    r"|(?P<n>n'?)"
)


def is_hangul(text: str) -> bool:
    """Return whether any letter of ``text`` is a Hangul syllable."""
    return any(_HANGUL_FIRST <= ord(letter) <= _HANGUL_LAST for letter in text)


def from_hepburn(name: str, local: str = "") -> str | None:
    """Return a Japanese place name in Hangul: "Kumejima Town" becomes 구메지마정.

    The kind of place comes from the last kanji of ``local`` if that is given (沖縄県, "Okinawa":
    오키나와현), else from the English word.  ``None`` if a word is not plain Hepburn romanization.
    """
    letters = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    words = [part for part in re.split(r"[\s-]+", letters.strip()) if part]
    suffix = _SUFFIXES.get(words[-1], "") if len(words) > 1 else ""
    spoken = [_word(part.lower()) for part in (words[:-1] if suffix else words)]
    if not spoken or any(part is None for part in spoken):
        return None
    return "".join(part for part in spoken if part) + _KANJI_SUFFIXES.get(local[-1:], suffix)


def _word(word: str) -> str | None:
    word = word.replace("ii", "i")
    syllables: list[tuple[str, str, int]] = []
    at = 0
    while at < len(word):
        match = _SYLLABLE.match(word, at)
        if match is None:
            return None
        at = match.end()
        if match["n"]:
            if not syllables:
                return None
            syllables[-1] = (*syllables[-1][:2], _FINAL_N)
            continue
        onset = match["double"][1:] if match["double"] and not match["onset"] else (match["onset"] or "")
        if match["double"]:
            if not syllables:
                return None
            syllables[-1] = (*syllables[-1][:2], _FINAL_S)
        initial, vowel = _sounds(onset, match["vowel"], is_first=not syllables)
        syllables.append((initial, vowel, 0))
    return "".join(_compose(*syllable) for syllable in syllables)


def _sounds(onset: str, vowel: str, *, is_first: bool) -> tuple[str, str]:
    if onset == "y":
        return "ㅇ", _PALATAL.get(vowel, _PLAIN[vowel])
    if onset == "w":
        return "ㅇ", _W.get(vowel, _PLAIN[vowel])
    is_palatal = onset.endswith("y")
    base = onset[:-1] if is_palatal else onset
    initial = _ONSETS[base][0 if is_first else 1]
    if is_palatal:
        return initial, _PALATAL.get(vowel, _PLAIN[vowel])
    if base == "sh":
        return initial, _PALATAL.get(vowel, _PLAIN[vowel])
    if vowel == "u" and base in ("s", "z", "ts"):
        return initial, "ㅡ"
    return initial, _PLAIN[vowel]


def _compose(initial: str, vowel: str, final: int) -> str:
    code = (_INITIALS.index(initial) * len(_VOWELS) + _VOWELS.index(vowel)) * 28 + final
    return chr(_HANGUL_FIRST + code)


def with_ro(noun: str) -> str:
    """Return ``noun`` with the particle of direction: 태평양으로, 동해로, 서울로."""
    last = ord(noun[-1]) if noun else 0
    if not _HANGUL_FIRST <= last <= _HANGUL_LAST:
        return f"{noun}(으)로"
    final = (last - _HANGUL_FIRST) % 28
    return f"{noun}로" if final in (0, _FINAL_L) else f"{noun}으로"
