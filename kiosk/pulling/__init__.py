"""Question sets from the server: fetched, checked whole, put beside the old ones, and taken up when nobody is there."""
