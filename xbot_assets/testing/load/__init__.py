"""The parts of the load tests: a stack under work in every lane, and its figures."""
