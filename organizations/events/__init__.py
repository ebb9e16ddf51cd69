"""What happens in organizations, for the audit trail: one module for each part."""
