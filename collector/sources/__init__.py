"""Where visits come from: a collector's database, a USB folder, a zip that ODK Central has exported."""

import csv

LONGEST_VALUE = 16_000_000
"""Characters of one value in a table. Anybody with a token can send a long text; it must not end the reading."""

csv.field_size_limit(max(csv.field_size_limit(), LONGEST_VALUE))
