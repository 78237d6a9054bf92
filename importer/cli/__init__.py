"""The terminal: arguments, wiring, progress, exit codes. The only place that knows a person is watching."""
