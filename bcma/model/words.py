"""Folding of words, so that spellings of one thing meet."""

import unicodedata


def fold(text: str) -> str:
    """Give a text without case, diacritics, punctuation at its ends and doubled spaces.

    ``đ`` becomes ``d``: Unicode does not take it for a d with a mark.
    """
    bare = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(letters.split()).strip(" .,;:")
