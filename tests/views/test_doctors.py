"""``doctor()`` as it prints and shows itself."""

import jupyter_mlops as mlflow


def test_it_says_what_the_command_says_and_shows_it_harmlessly(monkeypatch, tmp_path):
    monkeypatch.setenv("JPY_SESSION_NAME", "a.ipynb")
    monkeypatch.setenv("JUPYTER_MLOPS_SERVER_STORE", str(tmp_path / "mlops.duckdb"))
    monkeypatch.setenv("JUPYTER_MLOPS_SERVER_VERSION", "<script>\x1b[2J")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "hush")
    found = mlflow.doctor()
    assert not found.is_healthy and found.variables["MLFLOW_TRACKING_TOKEN"] == "***"
    text, html = repr(found), found._repr_html_()
    assert "warn  server" in text and "install the same version in both" in text and "env   MLFLOW_TRACKING_TOKEN=***" in text
    assert "&lt;script&gt;" in html and "<td style=\"text-align:left\">install the same version in both</td>" in html
    assert not any(bad in text + html for bad in ("hush", "\x1b")) and "<script>" not in html
    assert {*mlflow.doctor(mask_envs=True).variables.values()} == {"***"}
