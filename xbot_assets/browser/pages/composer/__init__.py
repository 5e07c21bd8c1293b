"""Writing a post on X's page: editor, pictures, what covers the button, the button. Keep out: reading pages."""
