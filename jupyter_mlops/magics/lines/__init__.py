"""What the line of a magic says.

`options` is the table that reads, explains and completes it, `values` what its texts mean, `commands` makes a function a magic by it;
`completions` come from the table, from `filter_words` and from `known_names` of the store.
"""
