"""From raw keys, of input devices or a terminal, to presses that were meant."""
