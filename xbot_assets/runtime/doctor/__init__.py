"""The checks behind ``xbot doctor``. Keep out: what a start checks before it begins (``runtime.checks``)."""
