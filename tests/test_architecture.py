"""Who imports whom: the contracts hold, and each catches what it is there to catch."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONTRACTS = PYPROJECT["tool"]["importlinter"]["contracts"]


def lint_imports(tree: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )


def broken_contracts(output: str) -> set[str]:
    return {contract["name"] for contract in CONTRACTS if f"{contract['name']} BROKEN" in output}


@pytest.fixture(scope="module")
def copy_of_the_code(tmp_path_factory) -> Path:
    tree = tmp_path_factory.mktemp("tree")
    shutil.copy(ROOT / "pyproject.toml", tree)
    for package in PYPROJECT["tool"]["importlinter"]["root_packages"]:
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__", "migrations"))
    return tree


def test_contracts_hold():
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in result.stdout


def test_no_contract_ignores_anything():
    assert [contract["name"] for contract in CONTRACTS if "ignore_imports" in contract] == []


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("partners/queries/appointments.py", "import expenses.queries", "Apps depend downwards only"),
        ("committees/queries.py", "import network.queries", "Apps depend downwards only"),
        ("psp_portal/money.py", "import psp_portal.views", "Apps depend downwards only"),
        (
            "partners/forms/appointments.py",
            "import partners.services",
            "Inside an app, each module has one place in the chain, and there are no others",
        ),
        (
            "expenses/utils.py",
            "",
            "Inside an app, each module has one place in the chain, and there are no others",
        ),
        ("committees/views.py", "import committees.models", "The edge does not touch models"),
        ("partners/policies/appointments.py", "import django.utils.timezone", "Policies are pure Python"),
        ("committees/queries.py", "import partners.models", "Partners keeps its inside to itself"),
        (
            "psp_portal/reports/__init__.py",
            "import network.queries",
            "Network is confidential: only the URL table and the first page look in",
        ),
        (
            "partners/services/appointments.py",
            "import psp_portal.settings.base",
            "Settings are read through django.conf",
        ),
        (
            "partners/services/appointments.py",
            "import psp_portal.embedded",
            "Only the settings start servers and set up logs",
        ),
        ("partners/services/appointments.py", "import tests.conftest", "Code does not import tests"),
    ],
)
def test_planted_violation_is_caught(copy_of_the_code, module, line, contract):
    planted = copy_of_the_code / module
    before = planted.read_text() if planted.exists() else None
    planted.write_text(f"{before or ''}\n{line}\n")
    try:
        result = lint_imports(copy_of_the_code)
    finally:
        if before is None:
            planted.unlink()
        else:
            planted.write_text(before)
    assert result.returncode == 1, result.stdout + result.stderr
    assert contract in broken_contracts(result.stdout)
