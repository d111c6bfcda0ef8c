"""One spelling for each identifier, so that two members who mean the same person get the same tag."""
