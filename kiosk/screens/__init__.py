"""The screens: one renderer that draws any `View` in a terminal, and takes its keys. It knows nothing of visits.

`layout` says which part goes where, `parts` paints a part into cells, `app` is the Textual application.
"""
