import pytest

from psp_portal.documents import scanning
from tests.psp_portal.documents.fake_clamd import FakeClamd, Manner
from tests.psp_portal.documents.samples import EICAR


@pytest.fixture
def server():
    server = FakeClamd()
    yield server
    server.stop()


@pytest.mark.parametrize("content", [b"", b"x", b"y" * scanning.CHUNK, b"z" * (3 * scanning.CHUNK + 1)])
def test_find_virus_sends_every_byte_and_hears_that_they_are_clean(server, content):
    assert scanning.find_virus(content, address=server.address) == ""
    assert server.received == [content]


def test_find_virus_names_the_virus(server):
    assert scanning.find_virus(b"before " + EICAR, address=server.address) == "Eicar-Test-Signature"


def test_find_virus_says_when_nothing_listens(nobody_listens):
    with pytest.raises(scanning.ScannerAwayError):
        scanning.find_virus(b"x", address=nobody_listens)


@pytest.mark.parametrize(
    ("manner", "reason"),
    [
        (Manner.SILENT, "timed out"),
        (Manner.BREAKS_OFF, "The scanner broke off."),
        (Manner.REFUSES, "INSTREAM size limit exceeded. ERROR"),
    ],
)
def test_find_virus_never_takes_a_failure_for_clean(server, manner, reason):
    server.manner = manner

    with pytest.raises(scanning.ScanFailedError) as failure:
        scanning.find_virus(b"x", address=server.address, timeout=0.2)

    assert str(failure.value) == reason
    assert not isinstance(failure.value, scanning.ScannerAwayError)
