"""The habits of a file are recognised from what contacts look like, whoever wrote it."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importer.source import SourceOptions, open_source
from importer.source.code_page import guess_code_page
from importer.source.dialect import Dialect
from importer.source.footer import footer_length

HEADINGS = ["Id", "First Name", "Last Name", "Phone; mobile", "E-mail", "Company, Inc", "Note"]
COLUMNS = st.tuples(
    st.integers(1, 10**9).map(str),
    st.sampled_from(["Ada", "José", 'Bob "Bo"', "O'Neil", "'Abd", "Anne, Marie", "", "Zoë; Mia"]),
    st.sampled_from(["Lovelace", "Müller", "van der Berg", "D'Arcy", "Smith | Jones", "a\tb"]),
    st.sampled_from(["+12025550101", "(202) 555-0102", "020 7946 0123", "", "1,5"]),
    st.sampled_from(["ada@example.com", "bob@example.org; b@example.net", ""]),
    st.sampled_from(["Acme, Inc.", "Foo; Bar", "A|B", "", '"Rocket" Ltd']),
    st.sampled_from(["", "two\nlines", "two\r\nlines", "a, b; c | d", '5" pipe', "C:\\dir\\", "it's, 'so'"]),
)


@settings(max_examples=120)
@given(
    rows=st.lists(COLUMNS, min_size=2, max_size=12),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    line_end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    before=st.sampled_from(["", "\ufeff", "Report of Monday\n\n", 'Notes:\n"a, b; c | d"\n\n']),
)
def test_the_dialect_is_recognised(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, ...]],
    delimiter: str,
    line_end: str,
    quoting: int,
    before: str,
) -> None:
    """Without any option, every cell comes back as it was written."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(  # type: ignore[arg-type]
        [HEADINGS, *(tuple(cell.replace("\r", "") for cell in row) for row in rows)]
    )
    path = tmp_path_factory.mktemp("any") / "any.csv"
    path.write_bytes((before + written.getvalue()).encode())
    with open_source(path, SourceOptions()) as source:
        found = [row for chunk in source.chunks() for row in chunk.frame.to_numpy().tolist()]
        assert list(source.headings) == HEADINGS
    assert found == [[cell.replace("\r", "") for cell in row] for row in rows]


@pytest.mark.parametrize(
    ("code_page", "text"),
    [
        ("cp1252", "Kundennummer;Jürgen Müller;Größe"),
        ("cp1252", "Søren Ågård, José Núñez – “café”"),
        ("cp1250", "Łukasz Wiśniewski;Kraków;Zażółć gęślą jaźń"),
        ("cp1250", "Jiří Dvořák;Brno;Přemysl Šťastný;Růžena Černá"),
        ("cp1251", "Иван Петров;Москва;Ольга Сидорова"),
        ("cp1253", "Γιώργος Παπαδόπουλος;Αθήνα;Μαρία"),
        ("cp1254", "Şükrü Çağlar;İstanbul;Gökçe Işık Yıldız"),
        ("cp932", "山田太郎,東京都千代田区"),
        ("gb18030", "王小明,北京市朝阳区建国路"),
        ("big5", "王小明,台北市信義區,有限公司"),
        ("cp949", "김철수,서울특별시 강남구,주식회사"),
        ("mac_roman", "Jürgen Müller;Größe;José Núñez"),
        ("cp850", "Jürgen Müller;Größe;José Núñez"),
    ],
)
def test_the_code_page_is_guessed(code_page: str, text: str) -> None:
    """A line of names is enough for the usual code pages; another page with the same letters will do."""
    raw = text.encode(code_page)
    assert raw.decode(guess_code_page(raw)) == text


NAMES = {
    "cp1251": "Иван Пётр Мария Ольга Сергей Наталья Щербаков",
    "koi8_r": "Иван Мария Ольга Сергей Наталья Щербаков",
    "cp866": "Иван Мария Ольга Сергей Наталья Щербаков",
    "mac_cyrillic": "Иван Мария Ольга Сергей Наталья Щербаков",
    "cp1253": "Γιώργος Μαρία Ελένη Παπαδόπουλος Αθήνα Θεσσαλονίκη",
    "cp1255": "דוד שרה משה יעקב רחל כהן",
    "cp1256": "محمد فاطمة علي حسن خديجة عبدالله",
    "cp874": "สมชาย สมหญิง วิชัย กรุงเทพ มาลี ประเสริฐ",
    "cp932": "山田太郎 佐藤花子 鈴木一郎 株式会社 タナカ",
    "gb18030": "王小明 李雷 韩梅梅 张伟 北京市 有限公司",
    "big5": "王小明 陳大文 林志玲 黃國華 有限公司",
    "cp949": "김철수 이영희 박지성 서울특별시",
    "iso8859_2": "Šárka Żaneta Dvořák Šťastný Růžena Małgorzata",
}


@pytest.mark.parametrize("code_page", NAMES)
def test_a_handful_of_names_is_enough(code_page: str) -> None:
    """A short export of a few people is read right, whichever of their names stand in it."""
    names = NAMES[code_page].split()
    for first in range(len(names)):
        some = [names[(first + k) % len(names)] for k in range(4)]
        raw = "".join(f"{k},{name},Smith,+1 202 555 0101\r\n" for k, name in enumerate(some)).encode(
            code_page
        )
        assert raw.decode(guess_code_page(raw)) == raw.decode(code_page)


TOTALS = b'\r\n"Grand Totals (1 record)"\r\n\r\n'
SIGNED = b'"Contacts"\r\n"Confidential Information - Do Not Distribute"\r\n'


@pytest.mark.parametrize(
    ("tail", "footer"),
    [
        (b'"1","2"\r\n\r\n' + SIGNED, b"\r\n" + SIGNED),
        (b'"1","2"\r\n' + SIGNED, b""),
        (b'"1","2"\r\n\r\n"Contacts"\r\n"By Bob"\r\n', b""),
        (b'"1","x\n\nsecond line"\r\n\r\n' + SIGNED, b"\r\n" + SIGNED),
        (b'"1","2"\r\n' + TOTALS + SIGNED, TOTALS + SIGNED),
        (b'"1","2"\r\n\r\n"alone"\r\n\r\n' + SIGNED, b"\r\n" + SIGNED),
    ],
    ids=["footer", "no blank line", "not signed", "blank line in a cell", "totals", "a short row before it"],
)
def test_only_a_certain_footer_is_left_out(tail: bytes, footer: bytes) -> None:
    """No row is taken for a footer."""
    assert footer_length(tail, Dialect()) == len(footer)
