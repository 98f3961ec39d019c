"""The pages of the first-run walk, drawn by Textual: by keyboard alone, in 80 columns and 24 lines, over ssh too."""
