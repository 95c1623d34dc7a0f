"""Folding of words, so that spellings of one thing meet."""

import unicodedata
from functools import lru_cache

#: The same names of drugs, people and places come with every scan.
_NAMES_OF_A_WARD = 8192


@lru_cache(_NAMES_OF_A_WARD)
def fold(text: str) -> str:
    """Give a text without case, diacritics, punctuation at its ends and doubled spaces.

    ``đ`` becomes ``d``: Unicode does not take it for a d with a mark.
    """
    bare = unicodedata.normalize("NFKD", text.casefold()).replace("đ", "d")
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(letters.split()).strip(" .,;:")
