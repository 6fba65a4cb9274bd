"""Lines of the ODS file, made up."""

from django.conf import settings

# The real file is handed to the project beside it, and is no part of it.
REAL_FILE = settings.BASE_DIR.parent / "shared" / "data" / "etr.csv"


def line(code="RT1", name="ANYTOWN NHS TRUST", postcode="AN1 1AA", opened="20110401", closed="", columns=27) -> str:
    """Return one line of the file."""
    cells = [code, name, "Y56", "QMJ", "1 HIGH STREET", "", "", "ANYTOWN", "", postcode, opened, closed]
    cells += [""] * (columns - len(cells))
    return ",".join(f'"{cell}"' for cell in cells[:columns]) + "\r\n"
