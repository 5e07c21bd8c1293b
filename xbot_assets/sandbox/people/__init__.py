"""Who lives in the sandbox: accounts, posts, and an audience with a taste."""
