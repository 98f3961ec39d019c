"""The sixel that a terminal gets holds every pixel, in colours that are defined before the first of them.

Sixel is read back here by a reader of the tests' own (sixel_reader), written after DEC's manual.
"""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from sixel_reader import read

from kiosk.screens.pictures.sixel import MOST_COLOURS, encode, paletted

COLOURS = ["#0A0F14", "#FFFFFF", "#00C18C", "#FFD126", "#FF5144"]


def per_cent(image):
    """The picture's pixels as sixel tells colours."""
    return [
        [tuple(round(c / 2.55) for c in pixel) for pixel in row] for row in np.asarray(image.convert("RGB")).tolist()
    ]


def same(image):
    pixels, wrong = read(encode(image))
    return wrong == [] and pixels == per_cent(paletted(image))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 40),
    st.integers(1, 20),
    st.lists(st.tuples(st.sampled_from(COLOURS), st.integers(0, 40), st.integers(0, 20), st.integers(1, 40))),
)
def test_any_picture_is_read_back_as_it_was(width, height, bars):
    image = Image.new("RGB", (width, height), "#19232D")
    for colour, left, top, wide in bars:
        image.paste(colour, (left, top, left + wide, top + 3))
    assert same(image)


@pytest.mark.parametrize("width", [1, 3, 4, 9, 10, 99, 100, 999, 1000, 1920])
def test_a_run_of_any_length_is_counted_right(width):
    image = Image.new("RGB", (width + 2, 7), "#000000")
    image.paste("#FFFFFF", (1, 0, width + 1, 7))
    assert same(image)


def test_a_photograph_is_read_back_in_the_colours_of_its_palette():
    noise = np.random.default_rng(4).integers(0, 256, (50, 70, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    assert same(image)
    assert len(re.findall(r"#\d+;2;", encode(image))) == MOST_COLOURS


def test_a_flat_screen_costs_next_to_nothing():
    assert len(encode(Image.new("RGB", (1920, 1080), "#0A0F14"))) < 2000
