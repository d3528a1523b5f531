"""``jupyter mlops registry …``: registered models, their versions, and what moves them. One file per noun."""
