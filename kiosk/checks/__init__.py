"""Is this kiosk fit to open? Behind `sayso check`: a file for each part that is looked at."""
