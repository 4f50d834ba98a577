"""Two faults at once: what the diagnosis says of a site, a client or an app that has two of the lab's faults."""
