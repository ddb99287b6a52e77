"""Text, and numbers shown as text."""
