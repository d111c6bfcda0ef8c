"""The words for people: every message in Chinese and English, side by side."""
