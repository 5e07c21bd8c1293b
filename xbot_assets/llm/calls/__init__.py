"""One paid call: the way to the server, the money put aside, retries, what a server can. Keep out: what is written."""
