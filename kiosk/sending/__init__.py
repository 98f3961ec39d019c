"""From kept visits to a server: when, in which order, what its answer means for the store, and when to erase."""
