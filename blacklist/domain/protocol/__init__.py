"""What members say to each other about evaluations: signed documents, and what follows from them."""
