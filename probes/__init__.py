"""The headless core of mtls-triage: it asks, measures and decides, and never imports the app."""
