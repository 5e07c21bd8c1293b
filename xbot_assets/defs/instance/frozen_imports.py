"""Imported last by the process that run workers are forked from: what it has imported stays shared with them.

A collection of garbage writes to every object that it looks at, and a page that is written to is copied: each worker
would soon hold a copy of all modules. Frozen objects are never looked at (Python's documentation of ``gc.freeze``).
"""

import gc

gc.collect()
gc.freeze()
