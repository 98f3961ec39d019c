"""From a visit to sealed bytes on the disk; how they are sent is in `kiosk.sending`."""
