"""People and programs at a member: operators, sessions, tokens, invitations, releases by four eyes."""
