"""The models themselves: until when each is served, what succeeds it, others' prices. Keep out: calling one."""
