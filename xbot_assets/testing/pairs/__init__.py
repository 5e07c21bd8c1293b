"""Faults of the parts in pairs, under load: parts killed and stopped, and the ways between them made bad.

The rig that ``benchmarks.pairs`` and a test share: one stack whose database, cache and model are reached through
proxies of our own.
"""
