"""A list that may be very long is counted no further than it is shown."""

import pytest

from psp_portal.accounts.models import Organisation
from psp_portal.views import CappedPaginator
from tests import factories


@pytest.mark.parametrize(("rows", "count", "is_cut"), [(2, 2, False), (3, 3, True), (5, 3, True)])
def test_a_long_list_is_cut_and_says_so(db, monkeypatch, rows, count, is_cut):
    monkeypatch.setattr(CappedPaginator, "MOST", 3)
    for number in range(rows):
        factories.make_organisation(f"Trust {number}")
    paginator = CappedPaginator(Organisation.objects.order_by("name"), 2)
    assert (paginator.count, paginator.is_cut) == (count, is_cut)
    assert paginator.num_pages == (count + 1) // 2
    assert [len(page.object_list) for page in paginator] == ([2, 1] if count == 3 else [2])


def test_it_reads_no_further_than_it_shows(db, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(CappedPaginator, "MOST", 3)
    with django_assert_num_queries(1) as captured:
        assert CappedPaginator(Organisation.objects.order_by("name"), 2).count == 0
    assert "LIMIT 3" in captured.captured_queries[0]["sql"]
    assert "ORDER BY" not in captured.captured_queries[0]["sql"]
