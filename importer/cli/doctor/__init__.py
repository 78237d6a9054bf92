"""`zoom-import doctor`: one check after the other, and nothing changed."""
