"""Functions on the text of a cell: each gives the right text, or a `Problem` that says what is wrong."""
