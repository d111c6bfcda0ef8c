"""Every block of docs/api.md runs as it stands against a running node."""

import re
import subprocess
from pathlib import Path

import pytest
from harness.commands import ROOT, Cli
from harness.serving import make_token, serving

pytestmark = pytest.mark.anvil
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RECORDING = next((ROOT / "scripts" / "demo").glob("*.wav"))


def test_every_block_of_the_page_runs(
    bank: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = BLOCK.findall((ROOT / "docs" / "api.md").read_text("utf-8"))
    assert [language for language, _ in blocks].count("sh") >= 4
    (tmp_path / "call.wav").write_bytes(RECORDING.read_bytes())
    monkeypatch.chdir(tmp_path)
    with serving(bank) as served:
        monkeypatch.setenv("ADDRESS", served.address)
        monkeypatch.setenv("TOKEN", make_token(bank))
        said: dict[str, object] = {}
        for language, text in blocks:
            if language == "sh":
                subprocess.run(["bash", "-euo", "pipefail", "-c", text], check=True, timeout=120)
            else:
                # What a block defines, later ones use.
                exec(text, said)  # noqa: S102 - our own page
