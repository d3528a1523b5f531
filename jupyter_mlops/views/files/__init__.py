"""The files of a run as a page shows them: folders in parts, and each file as far as it can be shown without being run.

`folders` lists, `contents` reads parts, `previews` says what a file is and shows it by `tables`, `notebooks` and itself. Called by
name from `views/requests.py`; the server asks first whether whoever asks may read the run's artifacts.
"""
