"""The node's own words, in the one catalogue's form, Chinese and English side by side."""
