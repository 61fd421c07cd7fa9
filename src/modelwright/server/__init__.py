"""Assembly of the server: routes and middleware, which engine and hooks, migrations, duties. Knows every room, decides nothing."""
