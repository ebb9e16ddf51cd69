"""Relying parties that others wrote, run as their own processes against our provider."""
