"""Access: who may do what. Tokens, users, sessions, and what they are allowed."""
