"""What headings say, in the languages of Europe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.suggest.vocabulary import language_of, read_heading

PLAIN = {
    "id": "Customer No|customer_id|ID|Record Id|Kundennummer|Kunden-Nr.|N° client|Código cliente|Klantnr|"
    "Numer klienta|Kundnummer|external_id|GUID|Код клиента|Κωδικός πελάτη|Müşteri No",
    "first_name": "First Name|GivenName|FIRSTNAME|Vorname|Prénom|Voornaam|Imię|Förnamn|Fornavn|Given Name|"
    "Имя|Όνομα|Adı",
    "last_name": "Last Name|Surname|Nachname|Nom de famille|Apellidos|Cognome|Achternaam|Nazwisko|Efternamn|"
    "Фамилия|Επώνυμο|Soyadı",
    "full_name": "Name|Full name|Ansprechpartner|Nom complet|Nombre y apellidos|Nominativo|Imię i nazwisko",
    "company": "Company|Organization Name|Firma|Société|Raison sociale|Empresa|Azienda|Bedrijfsnaam|Företag|"
    "Компания|Εταιρεία|Şirket",
    "email": "Email|E-Mail|E-mail Address|E-Mail-Adresse|Courriel|Correo electrónico|Indirizzo e-mail|"
    "E-mailadres|Adres e-mail|E-post|Sähköposti|E-mail 2 Address|Email - Work|Person - Email - Home|"
    "E-mail 1 - Value",
    "phone": "Phone|Phone Number|Telefon|Telefon geschäftlich|Telefon (privat)|Mobiltelefon|Handy|Handynr.|"
    "Téléphone|Téléphone portable|Tél. mobile|Teléfono móvil|Móvil|Cellulare|Telefono ufficio|Telefoonnummer|"
    "Mobiel|Telemóvel|Telefon komórkowy|Mobilnummer|Puhelin|Business Phone 2|MOBILEPHONE|Phone 1 - Value|"
    "Person - Phone - Work|Work Phone|phone_number|Мобильный телефон|Κινητό|Cep Telefonu",
    "country": "Country|Country/Region|Mailing Country|Address 1: Country/Region|Land|Pays|País|Paese|Kraj",
    "city": "City|Mailing City|Ort|Ville|Ciudad|Città|Plaats|Miasto|Ort geschäftlich",
    "timezone": "Time Zone|timezone|Zeitzone|Fuseau horaire|Zona horaria|Fuso orario",
    "job": "Job Title|Position|Funktion|Poste|Cargo|Ruolo|Functie|Stanowisko|Befattning|"
    "Jobbezeichnung|Titre professionnel|Должность",
}
CASES = [(heading, role) for role, headings in PLAIN.items() for heading in headings.split("|")]


@pytest.mark.parametrize(("heading", "role"), CASES, ids=[heading for heading, _ in CASES])
def test_a_usual_heading_names_its_column(heading: str, role: str) -> None:
    """Accents, capitals, punctuation, numbers and CamelCase do not matter."""
    found = read_heading(heading)
    assert (found.role, found.strong) == (role, True)


@pytest.mark.parametrize(
    "heading",
    [
        "E-mail 1 - Label",
        "Phone 1 - Type",
        "Owner Email",
        "Assistant's Phone",
        "CallRecordLastAttempt-Phone",
        "Email Opt Out",
        "Manager's Name",
        "Phone Extension",
        "Business Fax",
    ],
)
def test_what_belongs_to_another_is_no_phone_or_email_of_the_contact(heading: str) -> None:
    """The type of a phone, the email of the owner, a fax: not this contact's number or address."""
    found = read_heading(heading)
    assert found.role not in {"phone", "email", "full_name"}


@pytest.mark.parametrize("heading", ["Owner ID", "Campaign ID", "Account Name.id", "Created By.id"])
def test_the_id_of_something_else_is_no_sure_key(heading: str) -> None:
    """Only the row's own id says who the row is."""
    found = read_heading(heading)
    assert not (found.role == "id" and found.strong)


@pytest.mark.parametrize(
    ("headings", "language"),
    [
        (["Kundennummer", "Vorname", "Nachname", "Telefon"], "de"),
        (["Prénom", "Nom", "Téléphone", "Ville"], "fr"),
        (["Nombre", "Apellidos", "Teléfono", "Correo"], "es"),
        (["Nome", "Cognome", "Cellulare", "Azienda"], "it"),
        (["Voornaam", "Achternaam", "Telefoon"], "nl"),
        (["Imię", "Nazwisko", "Telefon", "Miasto"], "pl"),
        (["Förnamn", "Efternamn", "Telefon", "Ort"], "sv"),
        (["First Name", "Last Name", "Phone", "Email"], None),
        (["Telefon", "Email"], None),
    ],
)
def test_the_language_is_named_only_when_one_fits_best(headings: list[str], language: str | None) -> None:
    """English, or words that several languages share, say nothing about a country."""
    assert language_of(headings) == language


@given(st.text())
def test_any_text_can_be_a_heading(text: str) -> None:
    """Reading a heading never fails, and the same heading always says the same."""
    assert read_heading(text) == read_heading(text)
