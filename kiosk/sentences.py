"""What the kiosk itself says and shows, one catalogue a language. Short, kind, and blaming nobody."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "press_to_start": "Press the big key to start",
    "who": "Who is here?",
    "i_live_here": "I live here",
    "with_help": "I live here and someone helps me",
    "for_somebody": "I answer for somebody",
    "work_or_visit": "I work here or visit",
    "by_whom": "Who are you?",
    "staff": "I work here",
    "family": "I am family or a friend",
    "visitor": "I visit",
    "which_set": "What would you like to talk about?",
    "key_green": "Green",
    "key_yellow": "Yellow",
    "key_red": "Red",
    "key_blue": "Blue",
    "choice": "{key}: {choice}.",
    "also": "You can also say: I don't know. Or: I don't want to say.",
    "didnt_catch": "Sorry, I didn't catch that.",
    "use_keys": "Sorry, I still didn't catch that. Please press the key for your answer.",
    "again_softly": "Take your time. Here it is again.",
    "i_heard": "I heard: {answer}. Press {key} for {answer}, or say it again.",
    "i_heard_no_key": "I heard: {answer}. Say it again, or press its key.",
    "press_answer": "Please press your answer.",
    "you_said": "You said: {answer}.",
    "thank_you": "Thank you.",
    "dont_know": "I don't know",
    "rather_not_say": "I don't want to say",
    "skip": "Skip",
    "offer_stop": "Would you like to stop?",
    "go_on": "Go on",
    "stop": "Stop",
    "last_question": "That was the last question. Thank you.",
    "keep_or_forget": "Shall I keep what you said?",
    "keep": "Keep what I said",
    "forget": "Forget what I said",
    "forget_sure": "Press red to forget everything you said. Press green to keep it.",
    "forgotten": "I have forgotten what you said.",
    "not_forgotten": "Sorry, I could not forget it now. Please tell somebody you trust.",
    "goodbye": "Thank you. Goodbye.",
    "another": "Would you like to answer other questions?",
    "yes_please": "Yes please",
    "no_thank_you": "No thank you",
    "not_saved": "Sorry, I could not save that. Please answer again.",
    "cannot_save": "Sorry, I can't save answers now. Please tell somebody. Thank you.",
    "ask_for_help": "Please ask somebody near you for help.",
    "message_how": "Speak after the tone. Press green when you have finished. I keep it, unless you drop it.",
    "message_no_microphone": "I can't hear just now. Press green to go on.",
    "message_recording": "I am listening. Press green when you have finished.",
    "finished": "Finished",
    "review": "Shall I keep your message?",
    "message_back": "This is what you said.",
    "message_kept": "I have kept what you said.",
    "keep_message": "Keep it",
    "drop_message": "Drop it",
    "dropped": "I have dropped it.",
    "listen": "Listen",
    "your_turn": "Your turn",
    "press_a_key": "Press a key",
    "again": "Again",
    "explain": "Explain",
    "louder": "Louder",
    "quieter": "Quieter",
    "slower": "Slower",
    "back": "Back",
    "help": "Help",
    "faster": "Faster",
    "speak_answers": "Say my answers aloud",
    "answers_spoken": "I say your answers aloud now.",
    "answers_not_spoken": "I don't say your answers aloud now.",
    "menu": "Something else",
    "menu_how": "Press green for this one. Press yellow for the next one. Press red to go back.",
    "menu_this": "This one",
    "menu_next": "Next",
    "menu_leave": "Go back",
    "two_keys": "I felt two keys. Please press one key.",
    "noisy": "It's noisy here. Please press a key.",
    "language": "Which language would you like?",
    "change_answer": "You can change your answer.",
    "scan_how": "Press your switch when you hear your answer.",
    "scan_next": "Press the other switch to go on.",
    "press_to_change": "Press your switch to change it.",
    "help_called": "Help is coming. I have called somebody.",
    "out_of_order": "Sorry, I am not working. Please tell staff.",
    "out_of_order_visit": "Sorry, I have to stop. What you said is safe. Please tell staff.",
}

CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}

SPOKEN_COMMANDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "en": {
        "again": ("again", "say that again", "repeat", "repeat that"),
        "explain": ("explain", "what does that mean"),
        "louder": ("louder",),
        "quieter": ("quieter",),
        "slower": ("slower",),
        "faster": ("faster",),
        "dont_know": ("i don't know", "don't know", "not sure"),
        "rather_not_say": ("i don't want to say", "rather not say"),
        "skip": ("skip", "skip this"),
        "back": ("back", "go back"),
        "stop": ("stop",),
        "help": ("help", "help me"),
        "speak_answers": ("say my answers", "say my answers aloud"),
        "menu": ("menu", "what can i say"),
    },
}
"""By language and command, what people may say for it while the microphone is open."""


def sentence(name: str, language: str, **parts: str) -> str:
    """One sentence of the catalogue, in English where the language has none.

    Args:
        name: its id.
        language: the code; `en-gb` falls back to `en`.
        parts: what stands in its braces.
    Raises: KeyError: no catalogue has it.
    """
    catalogue = CATALOGUES.get(language) or CATALOGUES.get(language.split("-", maxsplit=1)[0]) or ENGLISH
    words = catalogue.get(name) or ENGLISH[name]
    return words.format(**parts) if parts else words
