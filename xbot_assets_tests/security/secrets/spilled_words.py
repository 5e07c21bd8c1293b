"""What the spilling job and sensor are known by: without their module, which imports all definitions."""

JOB = "spill"
SENSOR_WORDS = "The sensor spills"
ASKED_WORDS = "Asked in vain"
