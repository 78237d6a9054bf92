"""What past runs did, and taking it back."""
