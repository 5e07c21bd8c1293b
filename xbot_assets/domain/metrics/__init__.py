"""Reading posts back: when a post is read again, and which readings can be true."""
