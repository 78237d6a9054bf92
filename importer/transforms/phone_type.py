"""Labels of phone numbers -> the five types that an address book knows."""

import re
import unicodedata
from typing import Final

from importer.transforms.problem import Problem, shown

PHONE_TYPES: Final = ("main", "work", "home", "mobile", "other")

_WORDS: Final = {
    "mobile": "mobile mobil mobiltelefon mobilephone mobilnummer mob cell cellphone cellular cel "
    "celular cellulare handy natel gsm movil telefonomovil telemovel portable telephoneportable komorka "
    "komorkowy mobiltel matkapuhelin mobiel iphone smartphone personalmobile workmobile "
    "mobiledienstlich mobilprivat diensthandy privathandy мобильный моб",
    "work": "work business office buro bureau firma company geschaftlich dienstlich arbeit job trabajo "
    "oficina trabalho lavoro ufficio travail professionnel pro werk kantoor praca sluzbowy arbete "
    "arbejde jobb tyo direct directline direkt durchwahl assistant workphone businessphone officephone "
    "рабочий",
    "home": "home private privat prive privato privado casa domicile maison zuhause zuhaus wohnung "
    "festnetz thuis dom domowy hem hjem koti homephone personal particular residencia residence "
    "landline fixe fijo домашний",
    "main": "main primary haupt hauptnummer zentrale switchboard central centrale principal principale "
    "primar hoofdnummer general default preferred companymain companymainphone mainphone primaryphone "
    "phone telefon telephone telefono telefoon tel основной",
    "other": "other andere anderes sonstige sonstiges otro autre altro outro anders overig inne annan "
    "annet muu fax workfax homefax businessfax otherfax telefax pager isdn callback car carphone radio "
    "radiophone telex tty ttytddphone otherphone custom другой",
}  # fmt: skip
_TYPES: Final = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_KEEP: Final = re.compile(r"[^\w]+|\d+|_+")


def clean_label(text: str) -> str:
    """A label without the marks of address books: Google's "* Work" becomes "Work"."""
    return text.strip().lstrip("*").strip()


def phone_type(text: str) -> str | Problem:
    """Give main, work, home, mobile or other for a label in the main European languages."""
    folded = unicodedata.normalize("NFKD", clean_label(text).casefold())
    words = _KEEP.split("".join(sign for sign in folded if not unicodedata.combining(sign)))
    known = _TYPES.get("".join(words))
    if known is not None:
        return known
    # "Mobile (work)", "Home phone 2": the most telling of the words decides.
    found = {_TYPES[word] for word in words if word in _TYPES}
    for kind in ("other", "mobile", "work", "home", "main"):
        if kind in found:
            return kind
    return Problem(
        "phone_type_unknown",
        f"{shown(text)} is no phone type; an address book knows main, work, home, mobile and other",
    )
