"""Small question sets for the tests of the visit, made as values."""

from __future__ import annotations

from openrosa.question_set import Choice, Kind, Question, QuestionSet

GOOD_BAD = (
    Choice("good", {"en": "Good"}, {"en": ("yes", "happy")}, key="green"),
    Choice("okay", {"en": "OK"}, key="yellow"),
    Choice("bad", {"en": "Not good"}, {"en": ("no",)}, key="red"),
)


def question_set(form_id: str = "home", *, private: bool = False, sensitive: bool = False) -> QuestionSet:
    """A note, two questions, a follow-up that is relevant after "bad", a scale and a voice message."""
    names = ("welcome", "home", "why", "food", "score", "story")
    leaves = "".join(f"<{name}/><{name}_how/><{name}_by/><{name}_order/>" for name in names)
    record = ("who", "how", "by_whom", "language", "complete", "day", "clock_trusted", "software")
    sayso = "".join(f"<{name}/>" for name in record)
    template = f'<data id="{form_id}" version="1">{leaves}<sayso>{sayso}</sayso><meta><instanceID/></meta></data>'
    paths = {f"/data/{name}{end}" for name in names for end in ("_how", "_by", "_order")}
    return QuestionSet(
        form_id=form_id,
        version="1",
        title=form_id.title(),
        languages=("en",),
        default_language="en",
        template=template.encode(),
        sensitive=sensitive,
        record_paths=frozenset(paths | {f"/data/sayso/{name}" for name in record}),
        questions=(
            Question("welcome", "/data/welcome", Kind.NOTE, {"en": "This is a draft to change together."}),
            Question(
                "home",
                "/data/home",
                Kind.SELECT_ONE,
                {"en": "How is your home?"},
                hints={"en": "Your room, the kitchen, the garden."},
                choices=GOOD_BAD,
                private=private,
            ),
            Question(
                "why",
                "/data/why",
                Kind.SELECT_ONE,
                {"en": "What is not good?"},
                choices=(
                    Choice("noise", {"en": "Noise"}, key="green"),
                    Choice("cold", {"en": "Cold"}, key="red"),
                ),
                relevant="/data/home = 'bad'",
            ),
            Question("food", "/data/food", Kind.SELECT_ONE, {"en": "How is the food?"}, choices=GOOD_BAD),
            Question(
                "score",
                "/data/score",
                Kind.SCALE,
                {"en": "How many?"},
                choices=tuple(
                    Choice(str(number), {"en": str(number)}, key=key)
                    for number, key in enumerate(("green", "yellow", "red", "blue"), 1)
                ),
            ),
            Question("story", "/data/story", Kind.AUDIO, {"en": "Is there anything to tell?"}),
        ),
    )
