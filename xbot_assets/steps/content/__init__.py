"""Writing posts: planning, the gates' verdicts, and what goes out when no model can be asked."""
