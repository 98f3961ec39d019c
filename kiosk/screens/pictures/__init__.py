"""Whole parts of the screen as pictures, for a terminal that shows sixel. The plain cells beside it are the fallback.

`places` says which part goes where, the painters draw a part in pixels, `sixel` makes of it what a terminal takes, and
`gallery` puts a `View` together from them.
"""
