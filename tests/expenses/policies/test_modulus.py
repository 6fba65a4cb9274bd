"""The modulus check against the specification's own test cases, exception by exception.

The rows and numbers are those of "Validating account numbers – UK modulus checking", version 7.70, chapters 2 and 3:
only the lines of its table that its examples need stand here. The table itself is not shipped.
"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expenses.enums import ModulusMethod, ModulusResult
from expenses.policies import modulus
from psp_portal.exceptions import RuleBroken

WEIGHTS = """\
070116 070116 MOD11    0    0    7    6    5    8    9    4    5    6    7    8    9   -1  12
070116 070116 MOD10    0    3    2    4    5    8    9    4    5    6    7    8    9   -1  13
074456 074456 MOD11    0    0    7    6    5    8    9    4    5    6    7    8    9   -1  12
074456 074456 MOD10    0    3    2    4    5    8    9    4    5    6    7    8    9   -1  13
086090 086090 MOD10    0    0    3    7    1    3    7    1    3    7    1    3    7    1   8
089000 089999 MOD10    0    0    0    0    0    0    7    1    3    7    1    3    7    1
102400 107999 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1
110000 119280 DBLAL    0    0    2    1    2    1    2    1    2    1    2    1    2    1   1
134012 134020 MOD11    0    0    0    7    5    9    8    4    6    3    5    2    0    0   4
180002 180002 MOD11    0    0    0    0    0    0    8    7    6    5    4    3    2    1  14
200901 201159 MOD11    0    0    0    0    0    0    0    7    6    5    4    3    2    1   6
200901 201159 DBLAL    2    1    2    1    2    1    2    1    2    1    2    1    2    1   6
202700 203239 MOD11    0    0    0    0    0    0    0    7    6    5    4    3    2    1   6
202700 203239 DBLAL    2    1    2    1    2    1    2    1    2    1    2    1    2    1   6
309001 309633 MOD11    0    0    3    2    9    8    5    7    6    5    4    3    2    1   2
309001 309633 MOD11    0    0    3    2    9    8    1    7    6    5    4    3    2    1   9
771900 772799 MOD11    0    0    1    2    5    3    6    4    8    7   10    9    3    1   7
820000 826097 MOD11    0    0    0    0    0    0    0    0    7    3    4    9    2    1
820000 826097 DBLAL    2    1    2    1    2    1    2    1    2    1    2    1    2    1   3
826919 827999 MOD11    0    0    0    0    0    0    0    0    7    3    4    9    2    1
826919 827999 DBLAL    2    1    2    1    2    1    2    1    2    1    2    1    2    1   3
870000 872791 MOD11    0    0    1    2    5    3    6    4    8    7   10    9    3    1  10
870000 872791 MOD11    0    0    5   10    9    8    0    7    6    5    4    3    2    1  11
938000 938696 MOD11    7    6    5    4    3    2    7    6    5    4    3    2    0    0   5
938000 938696 DBLAL    2    1    2    1    2    1    2    1    2    1    2    1    2    0   5
"""
SUBSTITUTIONS = "938600 938611\n938602 938343\n"
TABLE = modulus.read_weights(WEIGHTS)
SUBSTITUTES = {pair.original: pair.substitute for pair in modulus.read_substitutions(SUBSTITUTIONS)}


def check(sort_code: str, account_number: str) -> ModulusResult:
    return modulus.check_modulus(sort_code, account_number, TABLE, SUBSTITUTES)


@pytest.mark.parametrize(
    ("case", "sort_code", "account_number"),
    [
        ("1: MOD10", "089999", "66374958"),
        ("2: MOD11", "107999", "88837491"),
        ("3: MOD11 and double alternate", "202959", "63748472"),
        ("4: exceptions 10 and 11, the first passes", "871427", "46238510"),
        ("5: exceptions 10 and 11, the second passes", "872427", "46238510"),
        ("6: exception 10, ab is 09 and g is 9", "871427", "09123496"),
        ("7: exception 10, ab is 99 and g is 9", "871427", "99123496"),
        ("8: exception 3, c is 6, start of a range", "820000", "73688637"),
        ("9: exception 3, c is 9, end of a range", "827999", "73988638"),
        ("10: exception 3, both checks", "827101", "28748352"),
        ("11: exception 4", "134020", "63849203"),
        # Not published: worked out by hand, for a check digit of two figures.
        ("exception 4: the remainder is 10", "134020", "63849010"),
        ("12: exception 1", "118765", "64371389"),
        ("14: exception 5", "938611", "07806039"),
        ("15: exception 5 with substitution", "938600", "42368003"),
        ("16: exception 5, both remainders are 0", "938063", "55065200"),
        ("17: exception 7", "772798", "99345694"),
        ("18: exception 8", "086090", "06774744"),
        ("19: exceptions 2 and 9, the first passes", "309070", "02355688"),
        ("20: exceptions 2 and 9, the second passes", "309070", "12345668"),
        ("21: exception 2, a is not 0, g is not 9", "309070", "12345677"),
        ("22: exception 2, a is not 0, g is 9", "309070", "99345694"),
        ("31: exceptions 12 and 13, only the first passes", "074456", "12345112"),
        ("32: exceptions 12 and 13, both pass", "070116", "34012583"),
        ("33: exceptions 12 and 13, only the second passes", "074456", "11104102"),
        ("34: exception 14, the second check passes", "180002", "00000190"),
        ("example 1 of exception 14, the first check passes", "180002", "98093517"),
    ],
)
def test_published_numbers_that_pass(case, sort_code, account_number):
    assert check(sort_code, account_number) == ModulusResult.VALID, case


@pytest.mark.parametrize(
    ("case", "sort_code", "account_number"),
    [
        ("23: exception 5, only the first check digit", "938063", "15764273"),
        ("24: exception 5, only the second check digit", "938063", "15764264"),
        ("25: exception 5, a remainder of 1", "938063", "15763217"),
        ("26: exception 1", "118765", "64371388"),
        ("27: MOD11 passes, double alternate does not", "203099", "66831036"),
        ("28: double alternate passes, MOD11 does not", "203099", "58716970"),
        ("29: MOD10", "089999", "66374959"),
        ("30: MOD11", "107999", "88837493"),
    ],
)
def test_published_numbers_that_fail(case, sort_code, account_number):
    assert check(sort_code, account_number) == ModulusResult.INVALID, case


def test_an_account_in_a_foreign_currency_cannot_be_checked():
    """The specification's case 13: a is 4 and g is h, so exception 6 says that no check can be used."""
    assert check("200915", "41011166") == ModulusResult.NOT_CHECKABLE


@pytest.mark.parametrize(
    ("account_number", "result"),
    [
        # a must be 4 to 8, and g must be h: otherwise exception 6 changes nothing.
        ("31011166", ModulusResult.INVALID),
        ("91011166", ModulusResult.INVALID),
        ("41011167", ModulusResult.INVALID),
        ("81011100", ModulusResult.NOT_CHECKABLE),
    ],
)
def test_exception_6_is_for_some_numbers_only(account_number, result):
    assert check("200915", account_number) == result


@pytest.mark.parametrize(
    ("case", "sort_code", "account_number"),
    [
        ("exception 2 and 9: neither passes", "309070", "12345678"),
        ("exception 3: c is neither 6 nor 9, and the second fails", "820000", "73788630"),
        ("exception 3: the first fails, the second is not asked", "820000", "73688638"),
        ("exception 4: another check digit", "134020", "63849204"),
        ("exception 7: g is 9, and the rest does not fit", "772798", "99345695"),
        ("exception 8", "086090", "06774745"),
        ("exception 10: g is not 9, so nothing is left out", "871427", "09123486"),
        ("exception 10: ab is 98", "871427", "98123496"),
        ("exceptions 12 and 13: neither passes", "074456", "12345113"),
        ("exception 14: the last digit is none of 0, 1 and 9", "180002", "00000192"),
        ("exception 14: the last digit is 1, and the second check fails", "180002", "00000181"),
    ],
)
def test_each_exception_can_say_no(case, sort_code, account_number):
    assert check(sort_code, account_number) == ModulusResult.INVALID, case


def test_exception_5_substitutes_for_the_listed_sort_codes_only():
    assert modulus.check_modulus("938600", "42368003", TABLE, {}) == ModulusResult.INVALID
    assert check("938611", "42368003") == ModulusResult.VALID


def test_exception_8_checks_as_if_at_090126():
    """086090 itself adds up to the same, so another sort code shows it."""
    row = modulus.Weight("111111", "111111", ModulusMethod.MOD10, TABLE[4].weights, 8)
    assert modulus.check_modulus("111111", "06774744", [row], {}) == ModulusResult.VALID
    assert modulus.check_modulus("111111", "06774744", [replace(row, exception=0)], {}) == ModulusResult.INVALID


def test_without_tables_nothing_can_be_checked():
    assert modulus.check_modulus("089999", "66374959", [], {}) == ModulusResult.NOT_CHECKABLE


def in_table(sort_code: str) -> bool:
    return any(row.first <= sort_code <= row.last for row in TABLE)


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_outside_the_table_nothing_is_turned_away_and_inside_there_is_always_an_answer(sort_code, account_number):
    result = check(sort_code, account_number)
    if not in_table(sort_code):
        assert result == ModulusResult.NOT_CHECKABLE
    else:
        assert result in ModulusResult


@given(st.sampled_from(sorted({row.first for row in TABLE})), st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_every_row_answers_for_every_number(sort_code, account_number):
    assert check(sort_code, account_number) in ModulusResult


def by_hand(sort_code: str, account_number: str) -> int:
    """Add up a double alternate check the way that the specification's diagram does."""
    products = [int(d) * w for d, w in zip(sort_code + account_number, [2, 1] * 7, strict=True)]
    return sum(product // 10 + product % 10 for product in products)


@given(st.from_regex(r"[0-9]{6}", fullmatch=True), st.from_regex(r"[0-9]{8}", fullmatch=True))
def test_double_alternate_adds_digits_and_not_products(sort_code, account_number):
    row = [modulus.Weight("000000", "999999", ModulusMethod.DBLAL, (2, 1) * 7)]
    expected = ModulusResult.INVALID if by_hand(sort_code, account_number) % 10 else ModulusResult.VALID
    assert modulus.check_modulus(sort_code, account_number, row, {}) == expected


def test_the_specification_s_two_diagrams():
    alternate = [modulus.Weight("499273", "499273", ModulusMethod.DBLAL, (2, 1) * 7)]
    assert modulus.check_modulus("499273", "12345678", alternate, {}) == ModulusResult.VALID
    standard = modulus.Weight("000000", "000000", ModulusMethod.MOD11, (0, 0, 0, 0, 0, 0, 7, 5, 8, 3, 4, 6, 2, 1))
    assert modulus.check_modulus("000000", "58177632", [standard], {}) == ModulusResult.VALID


# --- reading the files --------------------------------------------------------------------
def test_a_line_of_weights_is_read_whole():
    assert TABLE[1] == modulus.Weight(
        "070116", "070116", ModulusMethod.MOD10, (0, 3, 2, 4, 5, 8, 9, 4, 5, 6, 7, 8, 9, -1), 13
    )
    assert TABLE[5].exception == 0
    assert len(TABLE) == 25


def test_a_line_without_an_exception_has_none():
    weights = (0, 0, 0, 0, 0, 0, 7, 1, 3, 7, 1, 3, 7, 1)
    assert modulus.read_weights(GOOD) == [modulus.Weight("089000", "089999", ModulusMethod.MOD10, weights, 0)]


def test_blank_lines_and_the_mark_of_an_old_file_s_end_are_passed_over():
    line = WEIGHTS.splitlines()[0]
    assert modulus.read_weights(f"\r\n{line}\r\n\r\n\x1a") == TABLE[:1]


GOOD = "089000 089999 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1"
FIELDS = "there must be two sort codes, a method, 14 weights and maybe an exception"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("089000 089999 MOD10 0 0 0", FIELDS),
        (f"{GOOD} 3 4", FIELDS),
        (GOOD.replace("089000", "89000"), "89000 is not a sort code of 6 digits"),
        (GOOD.replace("089999", "08999x"), "08999x is not a sort code of 6 digits"),
        (GOOD.replace("089000", "090000"), "the range ends before it begins"),
        (GOOD.replace("MOD10", "MOD12"), "the method must be MOD10, MOD11 or DBLAL, not MOD12"),
        (GOOD.replace(" 7 1 3", " 7 x 3", 1), "a weight or the exception is not a whole number"),
        (f"{GOOD} 15", "the portal knows the exceptions 1 to 14, not 15"),
        (f"{GOOD} 0", "the portal knows the exceptions 1 to 14, not 0"),
        (f"{GOOD} -1", "the portal knows the exceptions 1 to 14, not -1"),
    ],
)
def test_a_bad_line_of_weights_is_named(line, message):
    with pytest.raises(RuleBroken) as broken:
        modulus.read_weights(f"{GOOD.replace('089', '099')}\n{line}\n")
    assert broken.value.message == f"Line 2 of the weights: {message}."


def test_a_sort_code_has_two_checks_at_most():
    lines = [GOOD, GOOD, "090000 090001 MOD10 0 0 0 0 0 0 7 1 3 7 1 3 7 1", GOOD.replace("089000", "089500")]
    with pytest.raises(RuleBroken, match=r"^Line 4 of the weights: sort code 089500 has more than two checks\.$"):
        modulus.read_weights("\n".join(lines))
    assert len(modulus.read_weights("\n".join(lines[:3]))) == 3
    # Both ends of a range are in it.
    until = GOOD.replace("089999", "089500")
    with pytest.raises(RuleBroken, match=r"^Line 3 of the weights: sort code 089500 has more than two checks\.$"):
        modulus.read_weights("\n".join([until, until, GOOD.replace("089000", "089500")]))


def test_substitutions_are_read_in_their_order():
    assert modulus.read_substitutions("938600 938611\r\n\n938602  938343\n\x1a") == [
        modulus.Substitution("938600", "938611"),
        modulus.Substitution("938602", "938343"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("938600 938611\n938602\n", "Line 2 of the substitutions: there must be two sort codes."),
        ("938600 93860X", "Line 1 of the substitutions: 93860X is not a sort code of 6 digits."),
        ("938600 938611\n938602 93834\n", "Line 2 of the substitutions: 93834 is not a sort code of 6 digits."),
        ("938600 938611\n\n938600 938343\n", "Line 3 of the substitutions: sort code 938600 has a substitute already."),
        ("\n \n", "The file of substitutions is empty."),
    ],
)
def test_a_bad_line_of_substitutions_is_named(text, message):
    with pytest.raises(RuleBroken) as broken:
        modulus.read_substitutions(text)
    assert broken.value.message == message


def test_an_empty_file_of_weights_is_refused():
    with pytest.raises(RuleBroken, match=r"^The file of weights is empty\.$"):
        modulus.read_weights("")
