"""The parts of the crash test: a stack to kill, the points to kill it at, and the judging."""
