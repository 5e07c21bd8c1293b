"""The process that owns Chromium: its HTTP server, its slots and contexts, and the performing of operations."""
