"""Broken uploads that go on where they stopped."""
