"""Assembly of the server: routes, middleware, engine, hooks, migrations, duties. Knows every room, decides nothing."""
