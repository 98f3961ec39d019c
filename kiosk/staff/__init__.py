"""What staff get behind the PIN and on the staff line: how the kiosk is, help, visits on a USB stick."""
