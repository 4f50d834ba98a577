"""The themes: dark and light, by role, every text colour at 4.5:1 or more on its background; and the terminal's."""

from textual.theme import Theme

DARK = Theme(
    name="triage-dark",
    dark=True,
    primary="#82aee0",
    secondary="#82aee0",
    accent="#82aee0",
    success="#7fbf8a",
    warning="#dcae64",
    error="#ec8175",
    foreground="#d5dce4",
    background="#11151a",
    surface="#161b21",
    panel="#161b21",
    variables={
        "select": "#25303c",
        "line": "#2b343e",
        "muted": "#97a2af",
        "faint": "#7d8895",
        "block-cursor-background": "#25303c",
        "block-cursor-foreground": "#d5dce4",
    },
)

LIGHT = Theme(
    name="triage-light",
    dark=False,
    primary="#1f5a9e",
    secondary="#1f5a9e",
    accent="#1f5a9e",
    success="#22702f",
    warning="#855600",
    error="#b02a25",
    foreground="#1d252d",
    background="#fdfdfb",
    surface="#f5f6f5",
    panel="#f5f6f5",
    variables={
        "select": "#dde7f2",
        "line": "#d3d8dc",
        "muted": "#525d69",
        "faint": "#65707c",
        "block-cursor-background": "#dde7f2",
        "block-cursor-foreground": "#1d252d",
    },
)

TERMINAL = Theme(
    name="triage-terminal",
    dark=True,
    ansi=True,  # or Textual would put colours of its own in the place of the terminal's
    primary="ansi_blue",
    secondary="ansi_blue",
    accent="ansi_blue",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    variables={
        "select": "ansi_bright_black",
        "line": "ansi_bright_black",
        "muted": "ansi_default",
        "faint": "ansi_default",
        "block-cursor-background": "ansi_bright_black",
        "block-cursor-foreground": "ansi_default",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "input-selection-background": "ansi_bright_black",
        "input-selection-foreground": "ansi_default",
        "screen-selection-background": "ansi_bright_black",
        "screen-selection-foreground": "ansi_default",
    },
)
"""The terminal's own sixteen colours; what they look like, and their contrast, is the terminal's business."""
