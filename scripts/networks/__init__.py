"""Parts of ``scripts/qbft_network.py``: a consortium's QBFT network as files, and as running processes."""
