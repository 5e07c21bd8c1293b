"""Rigs that tests and benchmarks share: real servers, crowds, pictures, and the parts of the long runs.

The product never imports it.
"""
