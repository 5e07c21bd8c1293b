"""Backups of the database: PostgreSQL's own programs, the file that holds a dump, and putting one back.

Keep out: when one is made, where it is kept, and what publishing does after one was put back.
"""
