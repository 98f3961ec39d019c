"""Whatever keys do: the filter's promises on thousands of generated streams."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from pressing import Keys, down, up

from kiosk.events import Event, KeyHeld, KeyPressed, KeyTouched, TwoKeys
from kiosk.keys.presses import Down, Edge, FoundDown, Unplugged, Up
from kiosk.view import ANSWER_KEYS

KEYS = (*ANSWER_KEYS[:3], "again")
DEVICES = ("one", "two")
PAUSES = st.sampled_from((0.0, 0.001, 0.004, 0.012, 0.02, 0.04, 0.06, 0.085, 0.2, 0.6, 2.5, 11.0, 40.0))


@st.composite
def streams(draw: st.DrawFn) -> list[Edge]:
    """Edges in any order, with each Down's place in the stream as its turn."""
    edges: list[Edge] = []
    at_s = 0.0
    for place in range(draw(st.integers(1, 60))):
        at_s += draw(PAUSES)
        key, device = draw(st.sampled_from(KEYS)), draw(st.sampled_from(DEVICES))
        kind = draw(st.sampled_from(("down", "down", "down", "up", "up", "up", "tap", "found", "unplugged")))
        edges.append(
            {
                "down": Down(key, place, at_s, device=device, has_up=True),
                "tap": Down(key, place, at_s),
                "up": Up(key, device, at_s),
                "found": FoundDown(key, device, at_s),
                "unplugged": Unplugged(device, at_s),
            }[kind]
        )
    return edges


@given(streams())
@settings(max_examples=400, deadline=None)
def test_every_touch_is_followed_by_exactly_one_thing_and_nothing_comes_of_any_other_edge(edges):
    keys = Keys(menu_hold_s=1.0)
    keys.take(*edges)
    keys.wait(10_000.0)
    touched = {edge.turn: edge.at_s for edge in keys.touches}
    alone = [event.turn for _, event in keys.told if isinstance(event, KeyPressed | KeyTouched)]
    two = [event.turn for _, event in keys.told if isinstance(event, TwoKeys)]
    held = [event.turn for _, event in keys.told if isinstance(event, KeyHeld)]
    for turns in (alone, two, held):
        assert len(turns) == len(set(turns))
    assert set(alone) | set(two) <= set(touched)
    assert not set(alone) & set(two)
    assert set(held) <= set(alone)
    for turn, touched_s in touched.items():
        assert any(_settles(event, turn) and 0 <= at_s - touched_s < 3.0 for at_s, event in keys.told)
    assert keys.presses.due_s is None


def _settles(event: Event, turn: int) -> bool:
    """Two keys at once settle both of them; they carry the turn of the later one."""
    match event:
        case KeyPressed() | KeyTouched():
            return event.turn == turn
        case TwoKeys():
            return event.turn >= turn
    return False


@given(st.lists(PAUSES, min_size=1, max_size=60), st.booleans())
@settings(max_examples=200, deadline=None)
def test_one_hold_is_never_two_answers_however_it_repeats(pauses, released):
    keys = Keys()
    at_s, edges = 0.0, [down(0.0)]
    for pause in pauses:
        at_s += pause
        edges.append(down(at_s))
    keys.take(*edges, *([up(at_s + 0.2)] if released else []))
    keys.wait(10_000.0)
    assert [event for _, event in keys.told] == [KeyPressed("green", 1)]


@given(st.lists(st.tuples(st.sampled_from((0.002, 0.01, 0.03)), st.sampled_from((0.002, 0.01, 0.03)))))
@settings(max_examples=200, deadline=None)
def test_one_finger_on_a_bad_contact_is_never_two_answers(bounces):
    keys = Keys()
    at_s = 0.0
    for on_s, off_s in bounces:
        keys.take(down(at_s), up(at_s + on_s))
        at_s += on_s + off_s
    keys.take(down(at_s), up(at_s + 0.4))
    keys.wait(10_000.0)
    assert len([event for _, event in keys.told if isinstance(event, KeyPressed)]) <= 1


@given(streams())
@settings(max_examples=200, deadline=None)
def test_a_stuck_key_never_answers_and_changes_nothing_for_the_others(edges):
    """A blue key that is stuck from the beginning, or is held down for ever, beside whatever the others do."""
    alone, beside = Keys(), Keys()
    beside.take(FoundDown("blue", "three", -1.0))
    alone.take(*edges)
    beside.take(*edges)
    alone.wait(10_000.0)
    beside.wait(10_000.0)
    assert alone.told == beside.told
    assert beside.presses.faults[0] == 'The blue key of "three" is stuck.'
