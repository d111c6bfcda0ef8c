#!/usr/bin/env python3
"""Copy the browser code that others wrote from npm's folder into the console, so that no build step is needed.

scripts/copy_assets.py            copy
scripts/copy_assets.py --check    fail when a committed copy is not the locked version's
"""

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
STATIC: Final = ROOT / "node/console/static"
COPIES: Final = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE",
}


def main() -> int:
    """Copy, or compare; return the exit code."""
    check, different = "--check" in sys.argv[1:], []
    for source, name in COPIES.items():
        data = (ROOT / "node_modules" / source).read_bytes()
        target = STATIC / name
        if target.is_file() and target.read_bytes() == data:
            continue
        different.append(name)
        if not check:
            target.write_bytes(data)
    for name in different:
        print(f"{name}: {'differs' if check else 'copied'}")
    return 1 if check and different else 0


if __name__ == "__main__":
    sys.exit(main())
