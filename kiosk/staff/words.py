"""Every word of the staff screen and of `sayso status`, in one place for a later translation."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    # The PIN
    "pin": "Staff: enter the PIN",
    "pin_dot": "•",  # one that the letters of the screen have
    "pin_wrong": "That is not the PIN.",
    "pin_wait": "That is not the PIN. Wait {seconds} seconds, then try again.",
    "pin_locked": "Too many wrong tries. Wait {seconds} seconds.",
    "key_start": "Start key",
    "key_back": "Back key",
    "key_stop": "Stop key",
    "pin_enter": "enter",
    "pin_delete": "take the last digit away",
    "pin_leave": "leave",
    # The screen
    "title": "For staff, page {page} of {pages}",
    "next_page": "Next page",
    "more": "Test and send",
    "leave": "Leave",
    "doing": "What would you like to do?",
    "test_sound": "Test the sound",
    "send_now": "Send now",
    "export": "Copy to USB stick",
    "back": "Back",
    # The rows
    "open": "Open",
    "advice": "What to do",
    "counted": "Counted at",
    "finished": "Visits finished",
    "incomplete": "Visits not finished",
    "untold": "Newest visits, not told apart yet",
    "waiting": "Waiting to be sent",
    "delivered": "Sent",
    "set_aside": "Set aside",
    "damaged": "Of these damaged",
    "reason": "Refused because",
    "contact": "Server last reached",
    "failing": "Nothing sent since",
    "microphone": "Microphone",
    "speaker": "Speaker",
    "headphones": "Headphones",
    "keys": "Keys",
    "engine": "Speech engine and model",
    "model": "Speech model",
    "disk": "Disk",
    "clock_trusted": "Clock",
    "temperature": "Temperature",
    "power": "Power supply",
    "set": "Question set",
    "software": "Software",
    # Their values
    "yes": "yes",
    "no": "no: {why}",
    "not_running": "the kiosk is not running. Start it.",
    "midnight": "midnight before {day}",
    "never": "not yet",
    "missing": "missing",
    "none": "none",
    "clock_right": "set",
    "clock_doubtful": "may be wrong",
    "no_status": "Status",
}
