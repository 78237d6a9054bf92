"""What holds for every test: a busy machine proves nothing, and Ctrl-C reaches child processes."""

import signal

from hypothesis import HealthCheck, settings

# How long an example takes is a question for the benchmarks.
settings.register_profile("zoom-import", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("zoom-import")

# A shell starts its background jobs with SIGINT ignored, and children inherit that: a test suite started by
# `make test &` could not interrupt the imports that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
