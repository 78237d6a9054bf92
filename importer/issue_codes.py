"""Every issue code there is: stable names, what each means, and what the person does about it.

The README's table and the check report are generated from this one; a code is never renamed.
"""

from dataclasses import dataclass

from importer.model import Severity


@dataclass(frozen=True, slots=True)
class IssueCode:
    """One kind of problem. `severity` is the usual one; a mapping can turn a dropped value into a warning."""

    code: str
    severity: Severity
    meaning: str
    remedy: str


_TABLE = (
    # the shape of the row
    IssueCode(
        "row_too_short",
        "error",
        "The row has fewer cells than the heading.",
        "Look for a lost delimiter or a line break inside an unquoted cell.",
    ),
    IssueCode(
        "row_too_long",
        "error",
        "The row has more cells than the heading.",
        "Put a cell that contains the delimiter in quotes.",
    ),
    IssueCode(
        "quote_stray",
        "error",
        "A cell in quotes goes on after its closing quote, so nobody can tell where it ends.",
        "Write a quotation mark inside a quoted cell twice.",
    ),
    IssueCode(
        "cell_control_character",
        "warning",
        "A cell contains NUL or another control character; it is left out.",
        "Clean the cell if the character meant something.",
    ),
    # who the row is
    IssueCode(
        "key_blank",
        "error",
        "The key column is empty in this row.",
        "Fill it in: without a key the row cannot be recognised next time.",
    ),
    IssueCode(
        "key_damaged",
        "error",
        "Excel has rounded the key, so two people may share it.",
        "Export again, or format the column as text before opening it in Excel.",
    ),
    IssueCode(
        "duplicate_key",
        "error",
        "Two rows of the file have the same key.",
        "Keep one of them, or choose with --duplicates first|last.",
    ),
    IssueCode(
        "duplicate_row",
        "warning",
        "Another row of the file has exactly the same content.",
        "Delete one of them if they are the same person.",
    ),
    IssueCode(
        "duplicate_phone",
        "warning",
        "Another row of the file has the same phone number.",
        "Check whether they are the same person.",
    ),
    IssueCode(
        "duplicate_email",
        "warning",
        "Another row of the file has the same email address.",
        "Check whether they are the same person.",
    ),
    # the contact as a whole
    IssueCode(
        "display_name_missing",
        "error",
        "The contact would have no display name.",
        "Fill in a name, or give display_name a default in the mapping.",
    ),
    IssueCode(
        "no_phone_or_email",
        "error",
        "The contact has no phone number and no email address.",
        "Add one: an address book takes no contact without.",
    ),
    IssueCode(
        "value_required", "error", "A field that the mapping marks as required is empty.", "Fill in the cell."
    ),
    # phones
    IssueCode(
        "phone_invalid",
        "error",
        "The text is not a phone number that exists.",
        "Correct it, or delete it if the contact has another number or an email address.",
    ),
    IssueCode("phone_too_short", "error", "The number has too few digits for its country.", "Complete it."),
    IssueCode(
        "phone_too_long",
        "error",
        "The number has too many digits for its country.",
        "Correct it; two numbers in one cell need `split` in the mapping.",
    ),
    IssueCode(
        "phone_no_region",
        "error",
        "The number has no country code, and no country is known for the row.",
        "Write it with + and the country code, or set phone_region in the mapping.",
    ),
    IssueCode(
        "phone_region_unknown",
        "error",
        "The country column holds something that is no country.",
        "Write the country's name, its two-letter code or its dialling code.",
    ),
    IssueCode(
        "phone_extension_dropped",
        "warning",
        "The number has an extension, which the address book cannot keep.",
        "Nothing, or map the extension to another field.",
    ),
    IssueCode(
        "phone_digits_lost",
        "error",
        "Excel has rounded the number: digits are lost for good.",
        "Take the number from the source again, and import the column as text.",
    ),
    IssueCode(
        "phone_mended",
        "warning",
        "Excel had damaged the number in a way that could be mended with certainty.",
        "Nothing; format the column as text to avoid it.",
    ),
    IssueCode(
        "phone_too_many",
        "error",
        "More than 5 phone numbers.",
        "Keep the most important five, or set too_many: cut in the mapping.",
    ),
    IssueCode(
        "phone_repeated", "warning", "The same number stands twice in one row; it is sent once.", "Nothing."
    ),
    IssueCode(
        "phone_type_unknown",
        "error",
        "The phone type is none of main, work, home, mobile, other.",
        "Map the label with a value map.",
    ),
    # emails
    IssueCode(
        "email_invalid",
        "error",
        "The text is not an email address.",
        "Correct it, or delete it if the contact has another address or a phone number.",
    ),
    IssueCode(
        "email_mended",
        "warning",
        "The address stood among other text or blanks, and was taken out with certainty.",
        "Nothing; write the bare address to avoid it.",
    ),
    IssueCode(
        "email_too_many",
        "error",
        "More than 4 email addresses.",
        "Keep the most important four, or set too_many: cut in the mapping.",
    ),
    IssueCode(
        "email_repeated", "warning", "The same address stands twice in one row; it is sent once.", "Nothing."
    ),
    # texts and lists
    IssueCode(
        "text_too_long",
        "error",
        "The text is longer than the field.",
        "Shorten it, or set too_long: cut in the mapping.",
    ),
    IssueCode(
        "text_cut",
        "warning",
        "The text was longer than the field and has been cut, as the mapping says.",
        "Nothing, if the beginning is enough.",
    ),
    IssueCode(
        "value_unmapped",
        "error",
        "The value is not in the mapping's value map.",
        "Add it to the map, or give the map a default.",
    ),
    IssueCode(
        "value_dropped",
        "warning",
        "A bad value was left out, as the mapping says; the contact has another.",
        "Correct the cell if the value matters.",
    ),
    IssueCode(
        "timezone_unknown",
        "error",
        "The time zone is not an IANA name such as America/Los_Angeles.",
        "Use the IANA name, or a value map.",
    ),
    IssueCode("consumer_ids_too_many", "error", "More than 10 consumer ids.", "Keep at most ten."),
    IssueCode(
        "number_damaged",
        "error",
        "Excel has rounded the number: digits are lost for good.",
        "Export again and import the column as text.",
    ),
    IssueCode(
        "date_from_number",
        "warning",
        "The cell looks like a date that Excel made of another number.",
        "Compare it with the source.",
    ),
    IssueCode(
        "date_unreadable",
        "error",
        "The text is not a date in the order that the mapping names.",
        "Correct the cell, or choose date_dmy, date_mdy or date_ymd.",
    ),
    IssueCode(
        "number_unreadable",
        "error",
        "The text is not a number, or could be two different ones.",
        "Write it with a decimal point and without thousands marks.",
    ),
    IssueCode(
        "transform_failed",
        "error",
        "The mapping's own transform raised an error for this value.",
        "Correct the cell or the transform.",
    ),
    # custom fields
    IssueCode(
        "custom_field_type",
        "error",
        "The value does not fit the custom field's data type.",
        "Correct the cell or map another column.",
    ),
    IssueCode(
        "custom_field_pick_list",
        "error",
        "The value is not in the custom field's pick list.",
        "Use one of its values, or a value map.",
    ),
)

ISSUE_CODES: dict[str, IssueCode] = {entry.code: entry for entry in _TABLE}
