"""What the kiosk says: the words, their order, every language, and from words to sound."""
