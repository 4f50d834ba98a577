"""Tests of mtls-triage; tests contact loopback only."""
