"""Who asks a stand-alone server, and what they may do: users, tokens, permissions, log-ins and their limits.

Pure: knows neither a web framework nor the table of endpoints, which stand above and import it. `callers` is what they see of
it; `needs` says what an endpoint is about; `databases` keeps it all in a file of its own beside the store.
"""
