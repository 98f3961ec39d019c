"""The display of an appliance, and the terminal that fills it; what is drawn there is in `kiosk.screens`."""
