"""Starting, watching and stopping the processes of the stack. Keep out: what those processes do."""
