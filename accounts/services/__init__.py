"""The verbs of accounts, by topic. Faces and other apps come in through these modules only."""
