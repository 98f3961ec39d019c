"""The visit and all round it: state machine, runner, store, outbox, screens, status, check."""
