"""A simulated week of reading X and answering: when the work is done, what it costs, and whom it answers.

Judged on the sandbox's own rows. Keep out: how punctually posts go out, which is ``testing.weeks``.
"""
