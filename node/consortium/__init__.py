"""The consortium as this member takes part in it: founding, applying, voting, leaving, changing its keys."""
