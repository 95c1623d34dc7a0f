"""Sentences by key: gettext catalogues, read from their sources at run time.

``locale/<language>/LC_MESSAGES/bcma.po`` is the only place of a sentence; there is no
compiled copy that could be older than it.
"""

import gettext
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO

import polib

from bcma.config import Language


@cache
def translations(language: Language) -> gettext.GNUTranslations:
    """Give the catalogue of a language, loaded at its first use."""
    source = files("bcma.wording") / "locale" / language / "LC_MESSAGES" / "bcma.po"
    with as_file(source) as path:
        catalogue = polib.pofile(str(path), encoding="utf-8")
    return gettext.GNUTranslations(BytesIO(catalogue.to_binary()))


def lookup(language: Language, key: str) -> str | None:
    """Give what a key says, with its placeholders; ``None`` where the catalogue lacks it."""
    found = translations(language).gettext(key)
    return None if found == key else found


def lookup_plural(language: Language, key: str, *, one: bool) -> str | None:
    """Give the form of a counted word for one, or for another number."""
    found = translations(language).ngettext(key, key, 1 if one else 2)
    return None if found == key else found
