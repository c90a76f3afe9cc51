"""One file for each step. Its name begins with the number that is its revision."""
