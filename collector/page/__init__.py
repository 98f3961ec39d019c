"""Pages for people who would rather look and listen than read: one HTML file each, that needs no network.

`look.py` is how every page looks, `pictures.py`, `bars.py` and `voices.py` what is inside it, `words.py` its sentences;
`write.py` makes the page of results. All of it needs the office's libraries. docs/easy-read.md says why it is so.
"""
