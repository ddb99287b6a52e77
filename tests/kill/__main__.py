"""Kill commands at random moments: each file they write is the old one or the new one, and the next run clears up."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import xlsgd.api
import xlsgd.book.patch
import xlsgd.check.judge
import xlsgd.engine.native
import xlsgd.report.html  # noqa: F401  imported before the children are forked: the kills meet the work, not the imports

from .campaign import Broken, Campaign, shares
from .scenes import SCENES


def main() -> int:
    """The command; its exit status is 1 where something was lost."""
    parser = argparse.ArgumentParser("kill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="how many, over all commands  [200]")
    parser.add_argument("--seed", type=int, default=1, help="other moments  [1]")
    parser.add_argument("--only", action="append", default=[], choices=[scene.name for scene in SCENES])
    told = parser.parse_args()
    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="xlsgd-kill-") as folder:
        campaign = Campaign(Path(folder), told.seed)
        wanted = shares(told.kills, told.only)
        for scene in SCENES:
            if scene.name not in wanted:
                continue
            try:
                campaign.run(scene, wanted[scene.name])
            except Broken as error:
                print(f"BROKEN: {error}")
                return 1
            ends = ", ".join(f"{count} {how}" for how, count in sorted(campaign.told[scene.name].items()))
            print(f"{scene.name}: {wanted[scene.name]} kills: {ends}", flush=True)
    print(f"{sum(wanted.values())} kills, nothing lost, nothing half written, {time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
