"""Models that a server calls, each in a process of its own: what they do there does not touch the server.

`pools` has the processes of a server, `processes` is one of them as the server sees it, `limits` what it may use,
`environments` what it is told, `messages` how they talk; `worker` runs in the process. May import `views` and below;
`rest/predictions` asks it, hosts make it.
"""
