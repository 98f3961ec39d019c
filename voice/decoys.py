"""Words that compete with the allowed answers, so that a cough or "well, the dog" is not bent into "good".

Common ones, and those that sound like the answers (`voice.sound_alikes`). Each list is of everyday words of that
language, chosen without looking at any recording. A language without a list has none: there only the open pass guards.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from voice.sound_alikes import code_of, same_sound, sound_alikes

_ENGLISH = """
    a about after all always and animal any are ask away baby ball be because bed before big bird black blue boat book
    boy bread brother but buy came can car cat chair children city clean close cold come could cup day did different do
    dog door down drink each eat eight every eyes face family far father feel few find fire first fish five floor food
    foot four friend from game garden get girl give go going green hair hand has have he head hear hello her high him
    his hold home horse hot house how hundred if in it jump keep kitchen know last later laugh learn leave left letter
    life light like listen little live long look love made make man many me milk minute money morning most mother mouth
    move much music my name never new next night nine now of off old on one open or other our out over paper people
    phone picture place play please point pull put rain read red ride right river road room round run said saw school
    sea see seven she shirt shoe shop should show shut sing sister sit six sleep small snow so some song soon stand
    start stay street sun table take talk tea tell ten thank that them then there these they thing think this three
    time today together told tomorrow train tree try turn twenty under until up us very wait walk want warm was watch
    water way we week well went were what when where which white who why will window with woman wood word work world
    would write yellow yesterday you young your zero
"""

_KOREAN = """
    우리 사람 오늘 내일 어제 지금 여기 저기 거기 물 밥 집 학교 친구 엄마 아빠 아이 시간 음악 아침 저녁 점심 나무 바다
    하늘 비 눈 손 발 머리 얼굴 책 문 창문 의자 전화 이름 나라 길 차 기차 버스 돈 하나 둘 셋 넷 다섯 여섯 일곱 여덟 아홉
    그리고 그러나 그래서 하지만 나는 너는 제가 그것 이것 저것 무엇 누가 언제 어디 왜 어떻게 많이 조금 다시 빨리 천천히
    먹다 가다 오다 보다 하다 있다 없다 같이 먼저 나중에 고양이 강아지 꽃 산 강 여름 겨울 봄 가을
"""

_LISTS = {"en": tuple(_ENGLISH.split()), "ko": tuple(_KOREAN.split())}


_KEPT = 64
"""Questions: each is heard several times, and looking through the list of words takes 2 ms."""


def decoys(language: str, phrases: Iterable[str]) -> tuple[str, ...]:
    """Common words of a language, and words that nearly sound like those of the phrases.

    None is, or sounds just like, a word of the phrases: neither may stand against the other.

    Args:
        language: a code such as "en" or "en-GB"; only its first part counts.
        phrases: what may be answered, lower-case.
    """
    return _decoys(language, tuple(phrases))


@lru_cache(maxsize=_KEPT)
def _decoys(language: str, phrases: tuple[str, ...]) -> tuple[str, ...]:
    taken = same_sound(language, (word for phrase in phrases for word in phrase.split()))
    common = (word for word in _LISTS.get(code_of(language), ()) if word not in taken)
    return tuple(dict.fromkeys((*common, *sound_alikes(language, phrases))))
