"""The small OpenRosa server, and what an office does with results."""
