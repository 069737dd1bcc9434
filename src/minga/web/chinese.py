"""Chinese is `zh` here, as at the United Nations; Django and allauth call their texts in it `zh-hans`."""

from __future__ import annotations

from django.conf.locale import LANG_INFO
from django.utils.translation import trans_real

OURS, THEIRS = "zh", "zh-hans"


def join() -> None:
    """Give `zh` a name, and what Django and allauth say in simplified Chinese: faults of forms, spans of time.

    What our own file lacks is looked up there before it is shown in English. (`add_fallback` would put it behind
    English, and give English pages Chinese words.)
    """
    LANG_INFO.setdefault(OURS, {**LANG_INFO[THEIRS], "code": OURS})
    trans_real.translation(OURS)._fallback = trans_real.translation(THEIRS)
