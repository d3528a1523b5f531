"""A page with nothing of Jupyter's, neither theme nor server, as hosts of widgets other than JupyterLab are; its kernel is this process."""

import base64
import json

import comm
from comm.base_comm import BaseComm

_HOST = """async ([esm, shadow]) => {
  const listeners = new Set();
  const bytes = text => new DataView(Uint8Array.from(atob(text), one => one.charCodeAt(0)).buffer);
  window.deliver = messages => messages.forEach(([content, buffers]) =>
    listeners.forEach(listen => listen(content, buffers.map(bytes))));
  const model = {
    on: (event, listen) => event === 'msg:custom' && listeners.add(listen),
    off: (event, listen) => listeners.delete(listen),
    send: async content => window.deliver(JSON.parse(await window.toKernel(JSON.stringify(content)))),
  };
  const url = URL.createObjectURL(new Blob([esm], { type: 'text/javascript' }));
  const place = document.querySelector('#place');
  const el = (shadow ? place.attachShadow({ mode: 'open' }) : place).appendChild(document.createElement('div'));
  const { default: widget } = await import(url);
  window.end = await widget.render({ model, el });
}"""


class _PageComm(BaseComm):
    def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **_):
        if (data or {}).get("method") == "custom":
            self.sent.append([data["content"], [base64.b64encode(one).decode() for one in buffers or ()]])


class BarePage:
    """Shows one view by the widget that it opens."""

    def __init__(self, page, view, monkeypatch):
        self.page, self.view = page, view
        _PageComm.sent = []
        monkeypatch.setattr(comm, "create_comm", _PageComm)
        view.model_id  # noqa: B018 - opens the comm
        page.expose_function("toKernel", self._to_kernel)

    def show(self, style, *, shadow=False):
        self.page.set_content(f"<!doctype html><html lang=en><title>host</title><body style='{style}'><div id=place></div></body></html>")
        self.page.evaluate(_HOST, [self.view._esm, shadow])
        return self.page

    def _to_kernel(self, content):
        self.view.comm.handle_msg({"content": {"data": {"method": "custom", "content": json.loads(content)}}, "buffers": []})
        return json.dumps(self._taken())

    def deliver(self):
        """What Python has sent since reaches the page."""
        self.page.evaluate("messages => window.deliver(messages)", self._taken())

    def _taken(self):
        sent, _PageComm.sent = _PageComm.sent, []
        return sent
