"""The exports that are recognised, and the mappings that go with them."""

from importlib.resources import files
from pathlib import Path

import pytest

from importer.mapping import Mapper, load_mapping
from importer.source import SourceOptions, open_source
from importer.suggest import draft_mapping
from importer.suggest.exports import known_exports, recognise_export

ROOT = Path(__file__).parents[2]
KNOWN = files("importer.suggest") / "known"
SHIPPED = {export.mapping for export in known_exports() if export.mapping}
SAMPLES = sorted(
    path
    for path in (ROOT / "sample_data").iterdir()
    if path.stem in {*SHIPPED, "google_contacts_old"} and path.suffix in {".csv", ".xlsx"}
)


@pytest.mark.parametrize("name", sorted([*(f"{name}.yaml" for name in SHIPPED), "schema.json"]))
def test_the_packaged_copy_is_the_mapping_that_people_read(name: str) -> None:
    """`cp mappings/NAME importer/suggest/known/` where this fails: the package carries a copy of each."""
    theirs = (ROOT / "mappings" / name).read_text(encoding="utf-8")
    assert (KNOWN / name).read_text(encoding="utf-8") == theirs


def test_every_packaged_mapping_belongs_to_an_export() -> None:
    """No copy that nothing uses."""
    packaged = {Path(str(item)).stem for item in KNOWN.iterdir() if str(item).endswith(".yaml")}
    assert packaged == SHIPPED


def rejected(text: str, path: Path) -> tuple[list[int], list[int]]:
    """Numbers of rows rejected and left out under a mapping."""
    with open_source(path, SourceOptions()) as source:
        mapper = Mapper(load_mapping(text, "m.yaml"), source.headings)
        bad, left = [], []
        for chunk in source.chunks():
            mapped = mapper.apply(chunk)
            left += [mapped.numbers[at] for at in mapped.skipped]
            bad += [mapped.numbers[at] for at in range(len(mapped)) if mapped.rejected(at)]
    return bad, left


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_the_draft_for_a_sample_judges_like_the_shipped_mapping(path: Path) -> None:
    """Same rows rejected, same rows left out."""
    with open_source(path, SourceOptions()) as source:
        export = recognise_export(source.headings)
        frame = next(source.chunks()).frame
    assert export is not None
    assert export.mapping == path.stem.removesuffix("_old")
    draft = draft_mapping(list(frame.columns), {name: frame[name].tolist() for name in frame.columns})
    assert draft.recognised == export.title
    shipped = (ROOT / "mappings" / f"{export.mapping}.yaml").read_text(encoding="utf-8")
    assert rejected(draft.text, path) == rejected(shipped, path)


OTHERS = {
    "Outlook export with German headings": "Vorname;Nachname;Firma;E-Mail-Adresse;Telefon geschäftlich;"
    "Telefon (privat);Mobiltelefon;Weitere Vornamen",
    "Outlook export with French headings": "Prénom;Nom;Adresse de messagerie;Téléphone (bureau);"
    "Téléphone (domicile);Tél. mobile;Deuxième prénom",
    "SuiteCRM export": "First Name;Last Name;ID;Email Address;Non Primary E-mails;Office Phone;"
    "Primary Address Street;Lawful Basis;Deleted",
    "Thunderbird address book": "First Name;Primary Email;Secondary Email;Screen Name;"
    "Work ZipCode;Home ZipCode",
    "LinkedIn connections": "First Name;Last Name;URL;Email Address;Company;Position;Connected On",
    "Pipedrive export": "ID;Name;Organization;Email - Work;Phone - Work;Phone - Mobile",
}


@pytest.mark.parametrize(("title", "headings"), OTHERS.items(), ids=OTHERS)
def test_exports_without_a_mapping_of_their_own_are_recognised_too(title: str, headings: str) -> None:
    """They are drafted from headings and cells; the person is told what was recognised."""
    export = recognise_export(headings.split(";"))
    assert export is not None
    assert export.title == title


@pytest.mark.parametrize(
    "headings",
    ["Name;Phone;Email", "First Name;Last Name;Company;Email;Phone", "name;email;phone;role", ""],
    ids=["bare", "five", "small letters", "empty"],
)
def test_a_bare_spreadsheet_is_no_known_export(headings: str) -> None:
    """A few common headings are not enough."""
    assert recognise_export(headings.split(";")) is None
