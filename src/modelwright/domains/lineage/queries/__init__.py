"""Every statement of lineage: `graph` of nodes and edges, `external` of what other systems told, `cursors`."""
