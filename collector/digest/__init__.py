"""A month's ideas, worries, thanks and voices as pages, what a panel decides, and the replies that a kiosk says."""
