"""Importing the transforms loads nothing that is not needed yet."""

import subprocess
import sys

SCRIPT = """
import sys
import importer.transforms.registry
heavy = ("pandas", "pydantic", "email_validator", "babel.dates", "phonenumbers.geodata", "nameparser")
print([name for name in heavy if name in sys.modules])
print(sum(name.startswith("phonenumbers.data.region_") for name in sys.modules))
"""


def test_importing_the_registry_is_cheap() -> None:
    """No heavy library and no numbering plan is loaded before a value asks for it."""
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[:2] == ["[]", "0"]
