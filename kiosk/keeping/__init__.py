"""From a visit to sealed bytes on the disk, and from there to the server."""
