"""Upper-case names become names as people write them."""

import csv

import pytest

from psp_portal.accounts.policies.names import readable_name
from tests.psp_portal.accounts.samples import REAL_FILE


@pytest.mark.parametrize(
    ("capitals", "readable"),
    [
        ("GUY'S AND ST THOMAS' NHS FOUNDATION TRUST", "Guy's and St Thomas' NHS Foundation Trust"),
        ("THE NEWCASTLE UPON TYNE HOSPITALS NHS TRUST", "The Newcastle upon Tyne Hospitals NHS Trust"),
        ("QUEEN ELIZABETH HOSPITAL, KING'S LYNN, NHS TRUST", "Queen Elizabeth Hospital, King's Lynn, NHS Trust"),
        ("LANCASHIRE & SOUTH CUMBRIA NHS FOUNDATION TRUST", "Lancashire & South Cumbria NHS Foundation Trust"),
        ("GREAT ORMOND STREET HOSPITAL FOR CHILDREN NHS TRUST", "Great Ormond Street Hospital for Children NHS Trust"),
        ("ISLE OF WIGHT NHS TRUST", "Isle of Wight NHS Trust"),
        ("ST. PANCRAS HOSPITAL", "St. Pancras Hospital"),
        ("NHS STOKE-ON-TRENT ICB", "NHS Stoke-on-Trent ICB"),
        ("UCLH CHARITY", "UCLH Charity"),
        ("BSMHFT (THE SOLIHULL UNIT)", "BSMHFT (The Solihull Unit)"),
        ("O'BRIEN AND MCDONALD UNIT", "O'Brien and McDonald Unit"),
        ("MCH TRUST", "MCH Trust"),
        ("PUBLIC  HEALTH   WALES ", "Public Health Wales"),
        ("THE THE", "The the"),
        ("Cwm Taf Morgannwg UHB", "Cwm Taf Morgannwg UHB"),
        ("", ""),
    ],
)  # fmt: skip
def test_readable_name(capitals, readable):
    assert readable_name(capitals) == readable


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real ODS file is not beside the project")
def test_real_names_have_no_word_left_in_capitals_but_nhs():
    with REAL_FILE.open(newline="", encoding="utf-8") as file:
        names = [readable_name(row[1]) for row in csv.reader(file)]
    assert len(names) == 210
    words = {word.strip(",") for name in names for word in name.split()}
    assert {word for word in words if len(word) > 1 and word.isupper()} == {"NHS"}
    small = {word for word in words if word[:1].islower()}
    assert small == {"and", "for", "of", "upon"}
