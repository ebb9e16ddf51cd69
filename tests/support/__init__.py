"""The real processes the tests run against, and the clients that talk to them. No mocks."""
