"""How the kiosk is, told to the office: a form that the kiosk fills in by itself once a day."""
