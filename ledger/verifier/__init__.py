"""The court's tool: reads a package, verifies it, prints the report."""
