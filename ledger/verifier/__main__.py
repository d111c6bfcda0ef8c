"""Entry of ``verify.pyz``. Parses on Python 3.6 and later, to say what it needs instead of failing."""

import sys

if sys.version_info < (3, 10):  # noqa: UP036 - whoever runs it may have any version
    sys.stderr.write(
        "verify.pyz needs Python 3.10 or later / \u9700\u8981 Python 3.10 \u6216\u66f4\u65b0\n"
    )
    sys.exit(2)

from ledger.verifier.command import main

sys.exit(main())
