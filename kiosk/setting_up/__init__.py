"""The first-run walk behind `sayso setup`: what is asked and tried (no screen in it), and its pages (`walk/`)."""
