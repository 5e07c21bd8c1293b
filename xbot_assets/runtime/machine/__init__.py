"""This machine: private files, ports, locks, log files, accounts, processes."""
