"""Parts without the stack: for a restore, its drill, and a new persona's samples. Keep out: the stack."""
