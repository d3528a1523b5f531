"""Autologging: what a library trains becomes a run, without a line of logging.

The core of one call is `tracking.autologs`, the replacing of functions `tracking.patches`. A flavor is a line in the
table of `autologs.py`, a module ``autologging/<flavor>`` with one public function, and its name in ``<flavor>.py``::

    XGBOOST = Integration("xgboost")

    def autolog(log_models=True, ..., disable=False, exclusive=False, disable_for_unsupported_versions=False,
                silent=False, registered_model_name=None, extra_tags=None):
        set_up(XGBOOST, locals(), "xgboost", _install, versions=("2.0", "3.1"))

    def _install(xgboost):                          # called once xgboost is imported, and again after a reload
        XGBOOST.patches.replace(xgboost, "train", _train)

    def _train(original, *args, **kwargs):          # stands in xgboost's place
        return call_logged(XGBOOST, _log_train, original, args, kwargs, what="xgboost.train")

    def _log_train(session, params, dtrain, *args, **kwargs):       # the advice; errors in it become one warning
        session.log(params=params)                                  # before the training, in one record
        model = yield (params, dtrain, *args), {**kwargs, "callbacks": ...}     # bare `yield`: arguments as they are
        session.attempt("the model", mlflow_xgboost.log_model, model, "model")  # goes on when this fails

`session` has ``options``, ``run``, ``state`` (of `RunState`), ``target`` (for `tracking.artifacts.put_…`). A fit of an
estimator round ``train`` of the same library takes ``open_to="xgboost"``, so that both log to one run.
"""
