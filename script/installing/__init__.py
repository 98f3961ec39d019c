"""Puts Sayso on a machine, brings it to another version and takes it off again.

Runs before there is a virtual environment, with Debian's own Python and nothing else: only the standard library here,
and nothing from Sayso's rooms.
"""
