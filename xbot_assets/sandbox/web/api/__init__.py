"""X's GraphQL as the look-alike answers it: operations, shapes, timelines, errors. Keep out: pages and uploads."""
