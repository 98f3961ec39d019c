"""Sound: speaking, listening, engines, models, devices. Knows nothing of questions, screens or stores."""
