"""Results for people and for scripts: tables on the terminal, JSON. Loaded late, as rich costs time."""
