#!/usr/bin/env python3
"""Make the demo's call recordings: Mandarin by a speech synthesiser, 8 kHz µ-law, agent left, customer right.

The persons, amounts and numbers are invented. The recordings are committed; this script shows how they came
to be, and needs espeak-ng and sox only to make them again.

    scripts/make_recordings.py           make them again
    scripts/make_recordings.py --check   check that the files are the ones that were made
"""

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent / "demo"
DIGESTS: Final = FOLDER / "recordings.json"
AGENT, CUSTOMER = 0, 1
VOICES: Final = {AGENT: ("cmn+f2", "165", "55"), CUSTOMER: ("cmn+m3", "150", "35")}
"""Voice, words a minute, pitch."""

CALLS: Final = {
    "call-1-reminder.wav": [
        (AGENT, "您好，这里是示范银行贷后服务，本次通话将被录音。请问是李先生吗？"),
        (CUSTOMER, "是我，你说。"),
        (AGENT, "您尾号三零七二的贷款，本月二十日应还五千元，目前还没有收到。"),
        (CUSTOMER, "这个月工资晚发了，我下个月五号之前还。"),
        (AGENT, "好的，我为您登记：十二月五日之前归还五千元，可以吗？"),
        (CUSTOMER, "可以，没有问题。"),
    ],
    "call-2-confirmation.wav": [
        (AGENT, "李先生您好，示范银行提醒您，您承诺十二月五日归还五千元。"),
        (CUSTOMER, "我记得，钱已经准备好了。"),
        (AGENT, "谢谢您，祝您生活愉快。"),
    ],
}


def main() -> None:
    """Make the recordings, or check them."""
    if "--check" in sys.argv[1:]:
        check()
        return
    with tempfile.TemporaryDirectory() as scratch:
        for name, turns in CALLS.items():
            make(Path(scratch), FOLDER / name, turns)
            print(f"{name}: {(FOLDER / name).stat().st_size} bytes")
    DIGESTS.write_text(json.dumps(digests(), indent=1) + "\n", "utf-8")


def digests() -> dict[str, str]:
    """Return SHA-256 in hex of each recording."""
    return {name: hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() for name in CALLS}


def check() -> None:
    """Compare the files with the digests that were written when they were made."""
    if json.loads(DIGESTS.read_text("utf-8")) != digests():
        sys.exit("a recording is not the one that was made: run scripts/make_recordings.py")
    print(f"{len(CALLS)} recordings are the ones that were made")


def make(scratch: Path, target: Path, turns: list[tuple[int, str]]) -> None:
    """Speak the turns one after another, each on its speaker's channel while the other is silent."""
    parts: dict[int, list[Path]] = {AGENT: [], CUSTOMER: []}
    for number, (speaker, text) in enumerate(turns):
        spoken, silent = scratch / f"{number}.wav", scratch / f"{number}-silence.wav"
        voice, speed, pitch = VOICES[speaker]
        raw = scratch / f"{number}-raw.wav"
        run("espeak-ng", "-v", voice, "-s", speed, "-p", pitch, "-w", str(raw), text)
        run("sox", "-D", str(raw), "-r", "8000", "-b", "16", str(spoken), "pad", "0", "0.3")
        run("sox", "-D", str(spoken), str(silent), "vol", "0")
        parts[speaker].append(spoken)
        parts[1 - speaker].append(silent)
    channels = []
    for speaker, files in parts.items():
        channel = scratch / f"channel-{speaker}.wav"
        run("sox", "-D", *map(str, files), str(channel))
        channels.append(str(channel))
    run("sox", "-D", "-M", *channels, "-e", "u-law", "-b", "8", str(target))


def run(*command: str) -> None:
    """Run a tool; its absence or failure ends the script with its own words."""
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError:
        sys.exit(f"{command[0]} is needed (Debian: apt-get install espeak-ng sox)")
    except subprocess.CalledProcessError as error:
        sys.exit(f"{command[0]}: {error.stderr}")


if __name__ == "__main__":
    main()
