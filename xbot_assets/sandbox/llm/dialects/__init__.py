"""How other servers of OpenAI's API answer, bill and refuse, drawn by hand. Keep out: OpenAI's own, and HTTP."""
