"""A discrete-event model of who gets a browser slot when, under several policies, on one tape of arrivals.

Pure: no I/O, no clock, randomness only from the generator passed in. Times are seconds since the tape's start.
Keep out: reading files and drawing, which the room above does.
"""
