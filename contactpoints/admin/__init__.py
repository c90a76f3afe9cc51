"""Administration: the stored setup, what runs of it, and every change of it."""
