"""For who writes questions: are these words that people can answer, how do they sound, how do they get out."""
