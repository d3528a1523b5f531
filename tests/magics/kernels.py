"""Kernels of notebooks, and all that they send a front end."""

import contextlib

from jupyter_client.manager import start_new_kernel


class Notebook:
    """A kernel in a folder, with the extension loaded."""

    def __init__(self, folder, manager, client):
        self.folder, self.manager, self.client = folder, manager, client
        self.run("%load_ext jupyter_mlops")

    def run(self, source, on_message=lambda message: None, **content):
        """Messages of a cell until the kernel is idle again."""
        request, messages = self.client.execute(source, **content), []
        while not messages or messages[-1]["content"].get("execution_state") != "idle":
            message = self.client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") == request:
                messages.append(message)
                on_message(message)
        return messages


@contextlib.contextmanager
def started_kernel(folder):
    """A notebook whose kernel runs in a folder."""
    manager, client = start_new_kernel(cwd=str(folder))
    try:
        yield Notebook(folder, manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
