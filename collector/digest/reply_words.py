"""The words round a reply, in every language that they are written in. Welsh is machine-made and unchecked.

What people said and what was decided is put between them in the words of the table of decisions, in English alone.
"""

from __future__ import annotations

LANGUAGES = {"en": "English", "cy": "Cymraeg"}
UNCHECKED = ("cy",)
"""Languages whose words nobody who speaks them has read."""

WORDS = {
    "welcome": {
        "en": "Here we answer what you told us.",
        "cy": "Yma rydyn ni'n ateb beth ddywedoch chi wrthon ni.",
    },
    "welcome_spoken": {
        "en": "Hello. Here we answer what you told us. {By} gave these answers. The words round them are a draft to "
        "change together. The people who make Sayso wrote those.",
        "cy": "Helo. Yma rydyn ni'n ateb beth ddywedoch chi wrthon ni. {By} roddodd yr atebion hyn. Drafft yw'r "
        "geiriau o'u cwmpas i'w newid gyda'n gilydd. Y bobl sy'n gwneud Sayso wnaeth ysgrifennu'r rheini. Peiriant "
        "wnaeth eu cyfieithu i'r Gymraeg. Does neb sy'n siarad Cymraeg wedi eu gwirio eto.",
    },
    "panel": {"en": "the panel", "cy": "y panel"},
    "visits": {"en": "In {month} there were {visits} visits.", "cy": "Ym mis {month} roedd {visits} ymweliad."},
    "few_visits": {"en": "In {month} there were a few visits.", "cy": "Ym mis {month} roedd ychydig o ymweliadau."},
    "no_visits": {"en": "In {month} there were no visits.", "cy": "Ym mis {month} doedd dim ymweliadau."},
    "all_opened": {"en": "We opened every one.", "cy": "Rydyn ni wedi agor pob un."},
    "not_all_opened": {
        "en": "Some of them we have not opened yet.",
        "cy": "Mae rhai ohonyn nhw heb eu hagor eto.",
    },
    "all_heard": {
        "en": "{By} heard every message that you left for them.",
        "cy": "Clywodd {by} bob neges a adawoch chi.",
    },
    "not_all_heard": {
        "en": "{By} has not heard all of your messages yet.",
        "cy": "Dydy {by} ddim wedi clywed pob un o'ch negeseuon eto.",
    },
    "good": {"en": "Was that any good?", "cy": "Oedd hynny'n dda?"},
    "good_untitled": {"en": "How is our answer?", "cy": "Sut mae ein hateb?"},
    "good_hint": {
        "en": "What do you think of our answer? For example: that is what I wanted.",
        "cy": "Beth ydych chi'n ei feddwl o'n hateb? Er enghraifft: dyna beth roeddwn i ei eisiau.",
    },
    "after": {"en": "After our answers", "cy": "Ar ôl ein hatebion"},
    "what_now": {"en": "What should we do now?", "cy": "Beth ddylen ni ei wneud nawr?"},
    "what_now_hint": {
        "en": "Tell us what is missing. For example: the bench is too low.",
        "cy": "Dywedwch wrthon ni beth sydd ar goll. Er enghraifft: mae'r fainc yn rhy isel.",
    },
    "heard": {"en": "Do we listen to you?", "cy": "Ydyn ni'n gwrando arnoch chi?"},
    "heard_hint": {
        "en": "Do things change when you tell us? Think of this month.",
        "cy": "Ydy pethau'n newid pan fyddwch chi'n dweud wrthon ni? Meddyliwch am y mis hwn.",
    },
}

CHOICES = (
    {"list_name": "good", "name": "good", "key": "green", "image": "openmoji:1F642",
     "en": "Good", "say_en": "yes, happy, very good, great, nice, i like it",
     "cy": "Da", "say_cy": "ydw, ydy, hapus, da iawn, gwych, braf, rwy'n ei hoffi"},
    {"list_name": "good", "name": "okay", "key": "yellow", "image": "openmoji:1F610",
     "en": "Okay", "say_en": "all right, so so, a bit, in the middle",
     "cy": "Iawn", "say_cy": "gweddol, eitha da, yn y canol, tipyn bach"},
    {"list_name": "good", "name": "not_good", "key": "red", "image": "openmoji:1F641",
     "en": "Not good", "say_en": "no, bad, not happy, sad, i don't like it",
     "cy": "Ddim yn dda", "say_cy": "nac ydw, nac ydy, gwael, ddim yn hapus, trist, dydw i ddim yn ei hoffi"},
    {"list_name": "we_do", "name": "yes", "key": "green", "image": "openmoji:1F642",
     "en": "Yes", "say_en": "always, a lot, every time",
     "cy": "Ydych", "say_cy": "ydyn, ydych chi, ie, bob amser, pob tro"},
    {"list_name": "we_do", "name": "sometimes", "key": "yellow", "image": "openmoji:1F610",
     "en": "Sometimes", "say_en": "a bit, mostly, now and then",
     "cy": "Weithiau", "say_cy": "tipyn bach, dim bob amser, nawr ac yn y man"},
    {"list_name": "we_do", "name": "no", "key": "red", "image": "openmoji:1F641",
     "en": "No", "say_en": "never, not at all",
     "cy": "Nac ydych", "say_cy": "nac ydyn, na, byth, dim o gwbl"},
)  # fmt: skip
"""As in question_sets/you_said_we_did."""
