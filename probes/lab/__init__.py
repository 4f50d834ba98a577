"""A front end that behaves like the one of App Service, on loopback, with real TLS."""
