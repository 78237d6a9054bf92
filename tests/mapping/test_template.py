"""Templates: an empty part takes its punctuation with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.mapping.template import is_template, parse_template


@pytest.mark.parametrize(
    ("text", "parts", "wanted"),
    [
        pytest.param("{First} {Last}", ["Ann", "Lee"], "Ann Lee", id="both"),
        pytest.param("{First} {Last}", ["", "Lee"], "Lee", id="first-missing"),
        pytest.param("{First} {Last}", ["Ann", ""], "Ann", id="last-missing"),
        pytest.param("{First} {Last}", ["", ""], "", id="nothing"),
        pytest.param("{Last}, {First}", ["Lee", ""], "Lee", id="comma-goes"),
        pytest.param("{First} {Middle} {Last}", ["Ann", "", "Lee"], "Ann Lee", id="one-space"),
        pytest.param("{First} {Last} ({Company})", ["Ann", "Lee", ""], "Ann Lee", id="brackets-go"),
        pytest.param(
            "{First} {Last} ({Company})", ["", "", "Acme"], "(Acme)", id="brackets-stay-with-their-part"
        ),
        pytest.param("{First} ({Nick}) {Last}", ["Ann", "", "Lee"], "Ann Lee", id="brackets-in-the-middle"),
        pytest.param(
            "{Street}, {Zip} {City}", ["Main St 1", "", "York"], "Main St 1, York", id="comma-stays"
        ),
        pytest.param("{First} {Last} - {Company}", ["Ann", "", "Acme"], "Ann - Acme", id="dash-stays"),
        pytest.param("{City}, {Region}, {Country}", ["", "", "UK"], "UK", id="only-the-last"),
        pytest.param("Customer {First} {Last}", ["", "Lee"], "Customer Lee", id="text-in-front-stays"),
        pytest.param("{Name} Ltd", ["Acme"], "Acme Ltd", id="text-behind-stays"),
        pytest.param("Tel {Tel}, Fax {Fax}", ["1", ""], "Tel 1", id="word-goes-with-its-part"),
        pytest.param("{{{A}}}", ["x"], "{x}", id="doubled-braces"),
    ],
)
def test_render(text: str, parts: list[str], wanted: str) -> None:
    """Missing parts leave no double spaces, lone commas or empty brackets."""
    assert parse_template(text).render(parts) == wanted


@pytest.mark.parametrize("text", ["{First", "First}", "{ }", "{A} {}"])
def test_unbalanced_braces_are_refused(text: str) -> None:
    """A brace without its partner and empty braces are mistakes that are named."""
    with pytest.raises(ValueError, match="brace"):
        parse_template(text)


def test_plain_text_is_no_template() -> None:
    """Only a text with a place for a column is a template."""
    assert is_template("{First Name}")
    assert not is_template("First Name")
    assert not is_template("{{not}}")


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=2, max_size=2))
def test_full_parts_are_joined_as_written(parts: list[str]) -> None:
    """With all parts filled the template is plain text replacement, braces in the values included."""
    template = parse_template("{A}, {B}")
    assert template.render(parts) == f"{parts[0]}, {parts[1]}".strip()
    assert template.pattern.format(*parts) == f"{parts[0]}, {parts[1]}"


@given(st.lists(st.sampled_from(["", "x"]), min_size=4, max_size=4))
def test_no_gap_is_doubled(parts: list[str]) -> None:
    """Whatever is missing, separators never meet and never stand at an end."""
    text = parse_template("{A} {B}, {C} - {D}").render(parts)
    assert "  " not in text
    assert not text.startswith((",", "-"))
    assert not text.endswith((",", "-"))
    assert text.count("x") == parts.count("x")
