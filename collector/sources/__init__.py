"""Where visits come from: a collector's database, a USB folder, a zip that ODK Central has exported."""
