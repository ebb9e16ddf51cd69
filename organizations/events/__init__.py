"""What the trail tells of organizations, a file per part."""
