"""The makers of the samples are scripts: the folder they lie in is where they find each other."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
