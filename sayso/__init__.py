"""The command line: thin, the only room that may import both kiosk and collector."""
