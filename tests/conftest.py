"""Tests keep compiled kernels in a folder of their own, not in the user's."""

import os
import tempfile

os.environ.setdefault("XLSGD_CACHE", tempfile.mkdtemp(prefix="xlsgd-kernels-"))
