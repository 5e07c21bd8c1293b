"""X's count of a text by X's own library, and texts to compare counts on."""
