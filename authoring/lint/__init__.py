"""An author's lint: what a set's words, pictures, recordings and choices ask of the people who will be asked."""
