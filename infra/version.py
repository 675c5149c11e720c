"""The version, said once for the server and the CLI."""

VERSION = "0.1.0"
