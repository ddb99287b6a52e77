"""Rules of training: whole columns that do not fit, and what they might have been meant to say."""
