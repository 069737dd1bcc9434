"""Charts place values where the scale says, in both directions, and escape what they show."""

from __future__ import annotations

import re

from django.utils.translation import override

from minga.web.charts import ProfileRow, profile

ROW = ProfileRow("Data quality", 2.0, 1.5, 2.5, peer_median=3.0, peer_low=2.5, peer_high=3.5)


def test_the_value_stands_at_its_share_of_the_scale():
    with override("en"):
        assert '<svg x="40.0%"' in profile([ROW], "Profile")


def test_the_scale_runs_from_right_to_left_in_arabic():
    with override("ar"):
        drawn = profile([ROW], "Profile")
    assert '<svg x="60.0%"' in drawn
    assert '<text x="100%"' in drawn


def test_what_is_not_known_is_not_drawn():
    with override("en"):
        drawn = profile([ProfileRow("Safety", None)], "Profile")
    assert "M0-8" not in drawn
    assert "<rect" not in drawn


def test_labels_are_escaped():
    with override("en"):
        drawn = profile([ProfileRow("<script>", 1.0)], "A & B")
    assert "<script>" not in drawn
    assert "A &amp; B" in drawn


def test_values_beyond_the_scale_stay_on_the_drawing():
    with override("en"):
        drawn = profile([ProfileRow("Safety", 7.0, -1.0, 9.0)], "Profile")
    shares = [float(share) for share in re.findall(r'="(-?[\d.]+)%"', drawn)]
    assert min(shares) >= 0
    assert max(shares) <= 100
