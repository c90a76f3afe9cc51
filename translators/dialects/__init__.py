"""Every dialect: each file beside this one is one, and the folder's listing is the register."""
