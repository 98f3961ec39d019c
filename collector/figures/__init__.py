"""Figures of visits: counted, hidden where few, with how sure they are; and two versions of a set side by side."""
