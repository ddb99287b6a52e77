"""What holds for all tests: kernels go to a folder of their own, and on CI drawn examples are the same every time."""

import atexit
import os
import shutil
import tempfile

from hypothesis import settings

from no_network import no_network  # noqa: F401  a fixture that every test has

if "XLSGD_CACHE" not in os.environ:
    os.environ["XLSGD_CACHE"] = tempfile.mkdtemp(prefix="xlsgd-kernels-")
    atexit.register(shutil.rmtree, os.environ["XLSGD_CACHE"], ignore_errors=True)

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
