"""The programs that are measured, a file each."""
