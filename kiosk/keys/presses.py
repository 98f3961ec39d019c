"""From raw keys to presses: what of all that goes down and up was meant. Pure: time comes in with what is taken.

A held key is one press, however it repeats or bounces; two answer keys at once are neither; a key that is stuck or
trembles never answers, and never makes two keys at once out of a good one.
"""

from __future__ import annotations

from kiosk.events import Event, KeyHeld, KeyPressed, KeyTouched, TwoKeys
from kiosk.keys.contacts import MOST_DOWNS, Contact, Press, Stage
from kiosk.keys.edges import Down, Edge, FoundDown, Plugged, Unplugged, Up
from kiosk.settings import Input
from kiosk.view import ANSWER_KEYS

__all__ = ["Down", "Edge", "FoundDown", "Plugged", "Presses", "Unplugged", "Up"]

LEAST_DOWN_S = 0.015
"""An answer key that was down for less in all was not pressed: a shock, or a bad contact."""
SAME_PRESS_S = 0.05
"""A key that comes again so soon after its release was not released; worn contacts bounce for some 20 ms."""
WITHIN_S = 2.0
"""A key that goes down more than `MOST_DOWNS` times in that time trembles: no finger is as fast."""
QUIET_S = 10.0
"""A key that trembled counts again after so long without going down or up."""


class Presses:
    """Takes edges and the time, gives the visit's events.

    Every Down for which `touched` is true is followed by one of KeyPressed, TwoKeys and KeyTouched; a TwoKeys is for
    both of its keys. Every other Down is followed by nothing.

    Args:
        settings: the house's.
    """

    def __init__(self, settings: Input) -> None:
        self._settings = settings
        self._contacts: dict[tuple[str, str], Contact] = {}
        self._now_s = float("-inf")
        self._chords = 0
        self._touched = False

    @property
    def touched(self) -> bool:
        """Whether the edge taken last began a press: speech stops at once, before it is known what becomes of it.

        A held, bouncing, stuck or trembling key is none. Where the edge's turn is not the visit's any more, speech
        should go on: whatever follows carries that turn, and will be dropped.
        """
        return self._touched

    @property
    def pending(self) -> bool:
        """Whether a key is down of which it is not known yet what becomes of it. It is soon, by time alone."""
        presses = (contact.press for contact in self._contacts.values())
        return any(press is not None and press.stage is Stage.PENDING for press in presses)

    @property
    def due_s(self) -> float | None:
        """When `pass_time` is wanted next; None: not before the next edge."""
        return min(
            (at_s for contact in self._contacts.values() if (at_s := self._due(contact)) is not None), default=None
        )

    @property
    def faults(self) -> tuple[str, ...]:
        """A sentence for each key that is not listened to, for staff."""
        return tuple(contact.fault for contact in self._contacts.values() if contact.fault)

    def pass_time(self, now_s: float) -> tuple[Event, ...]:
        """What was only waiting for time."""
        events: list[Event] = []
        while (due := min(self._all_due(), default=None, key=lambda each: each[0])) is not None and due[0] <= now_s:
            self._now_s = max(self._now_s, due[0])
            events += self._what_is_due(due[1])
        self._now_s = max(self._now_s, now_s)
        return tuple(events)

    def take(self, edge: Edge) -> tuple[Event, ...]:
        """One edge; first what was due before it. An edge that comes late counts from the time known already."""
        before = self.pass_time(edge.at_s)
        self._touched = False
        match edge:
            case Down():
                return (*before, *self._down(edge))
            case FoundDown(key, device):
                contact = self._contact(key, device, has_up=True)
                if contact.down_since_s is None:
                    contact.down_since_s = contact.edge_s = self._now_s
                    contact.stuck = True
                return (*before, *self._dropped(contact))
            case Up(key, device, at_s):
                return (*before, *self._up(self._contact(key, device, has_up=True), at_s))
            case Plugged():
                return before
            case Unplugged(device):
                gone = [contact for contact in self._contacts.values() if contact.device == device]
                for contact in gone:
                    del self._contacts[contact.device, contact.key]
                return (*before, *(event for contact in gone for event in self._dropped(contact)))

    # --- edges ------------------------------------------------------------------------------------------------------

    def _contact(self, key: str, device: str, *, has_up: bool) -> Contact:
        return self._contacts.setdefault((device, key), Contact(key, device, has_up))

    def _down(self, edge: Down) -> tuple[Event, ...]:
        contact, now_s = self._contact(edge.key, edge.device, has_up=edge.has_up), self._now_s
        if contact.down_since_s is not None:
            return ()  # the keyboard's own repeat
        if edge.has_up:
            contact.down_since_s = contact.edge_s = now_s
            contact.down_at_s = edge.at_s
            contact.downs.append(now_s)
            if len(contact.downs) > MOST_DOWNS and now_s - contact.downs[0] <= WITHIN_S:
                contact.trembles = True
        if contact.trembles:
            return self._dropped(contact)
        if contact.press is not None:
            contact.press.downs += 1
            return ()
        if contact.up_since_s is not None and now_s - contact.up_since_s < SAME_PRESS_S:
            return ()  # what bounces as a stuck key is released
        self._touched = True
        answers = edge.key in ANSWER_KEYS
        stage = Stage.PENDING if answers else Stage.COUNTED
        press = Press(edge.key, edge.turn, edge.by, now_s, stage, sound=not edge.has_up)
        if answers:
            press.beside = self._beside(press)
        contact.press = press if answers or edge.has_up else None
        if not answers:
            return (KeyPressed(edge.key, edge.turn, edge.by),)
        return self._two_keys(press) if press.sound else ()

    def _up(self, contact: Contact, at_s: float) -> tuple[Event, ...]:
        """How long it was down is told by the stamps: on a busy machine an edge comes later than it was."""
        if contact.down_since_s is None:
            return ()
        contact.down_since_s, contact.stuck = None, False
        contact.up_since_s = contact.edge_s = self._now_s
        press = contact.press
        if press is None:
            return ()
        press.down_s += max(0.0, at_s - contact.down_at_s)
        if press.stage is not Stage.PENDING:
            return ()
        known, press.sound = press.sound, round(press.down_s, 6) >= LEAST_DOWN_S  # the kernel stamps microseconds
        return self._two_keys(press) if press.sound and not known else ()

    # --- two keys at once -------------------------------------------------------------------------------------------

    def _beside(self, press: Press) -> list[Press]:
        """The answer keys that are down, or went down a moment before."""
        found = []
        for contact in self._contacts.values():
            other = contact.press
            if other is None or other.key == press.key or other.key not in ANSWER_KEYS:
                continue
            soon = press.since_s - other.since_s <= self._settings.two_keys_s
            if contact.down_since_s is not None or (soon and other.stage is not Stage.COUNTED):
                found.append(other)
        return found

    def _together(self, press: Press) -> list[Press]:
        """The presses that are still looked at and went down with this one."""
        alive = [contact.press for contact in self._contacts.values() if contact.press is not None]
        return [other for other in alive if other in press.beside or press in other.beside]

    def _two_keys(self, press: Press) -> tuple[Event, ...]:
        """This press is a finger's: with another one it is two keys, and neither counts."""
        others = [other for other in self._together(press) if other.sound]
        if not others:
            return ()
        alive = [contact.press.chord for contact in self._contacts.values() if contact.press is not None]
        chord = next((other.chord for other in others if other.chord and alive.count(other.chord) > 1), 0)
        told = not chord or any(other.stage is Stage.PENDING for other in others)
        if not chord:
            self._chords = chord = self._chords + 1
        late = max((press, *others), key=lambda each: (each.since_s, each.turn))
        for each in (press, *others):
            each.stage, each.held, each.chord = Stage.SPENT, True, chord
        return (TwoKeys(late.turn),) if told else (KeyTouched(press.turn),)

    # --- time -------------------------------------------------------------------------------------------------------

    def _all_due(self) -> list[tuple[float, Contact]]:
        return [(at_s, contact) for contact in self._contacts.values() if (at_s := self._due(contact)) is not None]

    def _due(self, contact: Contact) -> float | None:
        """When something happens to this key by time alone."""
        times = [self._quiet_at(contact), self._stuck_at(contact)]
        press = contact.press
        if press is not None:
            times += [self._sound_at(contact, press), self._counts_at(contact, press)]
            times += [self._held_at(contact, press), self._over_at(contact, press)]
        return min((at_s for at_s in times if at_s is not None), default=None)

    def _what_is_due(self, contact: Contact) -> tuple[Event, ...]:
        """Do what is due now; each changes something, so that this ends."""
        now_s, press = self._now_s, contact.press
        if _reached(self._quiet_at(contact), now_s):
            contact.trembles = False
            contact.downs.clear()
            return ()
        if _reached(self._stuck_at(contact), now_s):
            contact.stuck = True
            return self._dropped(contact)
        if press is None:
            return ()
        if _reached(self._sound_at(contact, press), now_s):
            press.sound = True
            return self._two_keys(press)
        if _reached(self._counts_at(contact, press), now_s):
            press.stage = Stage.COUNTED
            if not contact.has_up:
                contact.press = None
            return (KeyPressed(press.key, press.turn, press.by),)
        if _reached(self._held_at(contact, press), now_s):
            press.held = True
            return (KeyHeld(press.turn),)
        return self._dropped(contact)

    def _quiet_at(self, contact: Contact) -> float | None:
        return contact.edge_s + QUIET_S if contact.trembles else None

    def _stuck_at(self, contact: Contact) -> float | None:
        if contact.down_since_s is None or contact.stuck:
            return None
        return contact.down_since_s + self._settings.stuck_s

    def _sound_at(self, contact: Contact, press: Press) -> float | None:
        """When it has been down for long enough."""
        if press.stage is not Stage.PENDING or press.sound or contact.down_since_s is None:
            return None
        return contact.down_since_s + LEAST_DOWN_S - press.down_s

    def _counts_at(self, contact: Contact, press: Press) -> float | None:
        """When no other key can come to it any more; one that bounces has to come to rest first."""
        if press.stage is not Stage.PENDING or not press.sound:
            return None
        if any(other.stage is Stage.PENDING and not other.sound for other in self._together(press)):
            return None  # what becomes of that one is known within a moment
        at_s = press.since_s + self._settings.two_keys_s
        return at_s if press.downs == 1 else max(at_s, contact.edge_s + SAME_PRESS_S)

    def _held_at(self, contact: Contact, press: Press) -> float | None:
        after_s = self._settings.menu_hold_s
        answers = press.stage is Stage.COUNTED and press.key in ANSWER_KEYS
        if not after_s or not answers or press.held or contact.down_since_s is None:
            return None
        return press.since_s + after_s

    def _over_at(self, contact: Contact, press: Press) -> float | None:
        """When a release is one, and the next time down another press."""
        if contact.down_since_s is not None or (press.stage is Stage.PENDING and press.sound):
            return None
        if contact.up_since_s is None:
            return press.since_s + self._settings.two_keys_s
        over_s = contact.up_since_s + SAME_PRESS_S
        return max(over_s, press.since_s + self._settings.two_keys_s) if press.stage is Stage.SPENT else over_s

    def _dropped(self, contact: Contact) -> tuple[Event, ...]:
        """Nothing more comes of its press; if nothing came of it at all, that is told."""
        press, contact.press = contact.press, None
        return (KeyTouched(press.turn),) if press is not None and press.stage is Stage.PENDING else ()


def _reached(at_s: float | None, now_s: float) -> bool:
    return at_s is not None and at_s <= now_s
