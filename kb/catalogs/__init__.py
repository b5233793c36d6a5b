"""Message catalogues: a line in another language becomes its English template, with its values.

`readers` has a row a format, `take_in` keeps what they read in one SQLite file of the user's data, `catalog` answers from it.
"""
