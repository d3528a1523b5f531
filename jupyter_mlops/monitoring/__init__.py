"""What a served model is asked, and how far that has moved from what it was trained on: rows of logs, where they lie, their report.

The road: `serving.request_logs` writes rows of `columns` to one of the `places`; `logs` reads them, `drifts` and `references` compare
them, `reports` sums them up. May import `models` and what is below; called by `serving` and `views`.
"""
